import { Button, Layout, Segmented, Spin, Tooltip } from "antd";
import { LogoutOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Link, Navigate, Outlet, useLocation } from "react-router";
import { answer, api } from "../api/client";
import type { Me } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { ROLES } from "../words/codes";
import { useWords } from "../words/language";
import type { Language } from "../words/language";
import { MenuButton, Side, useFirstPlace, useIsWide } from "./places";
import { SessionProvider, useLoggedIn, useMeQuery } from "./session";

export function LanguageSwitch() {
  const { language, setLanguage, say } = useWords();
  return (
    <Segmented<Language>
      size="small"
      aria-label={say("language")}
      value={language}
      onChange={setLanguage}
      options={[
        { value: "zh", label: "中文" },
        { value: "en", label: "English" },
      ]}
    />
  );
}

/** Whatever needs somebody to be logged in stands in here. */
export function Frame() {
  const me = useMeQuery();
  const location = useLocation();
  if (me.data) {
    return (
      <SessionProvider me={me.data}>
        <Shell me={me.data} />
      </SessionProvider>
    );
  }
  if (me.data === null) {
    const next = location.pathname + location.search;
    return <Navigate to={next === "/" ? "/login" : `/login?next=${encodeURIComponent(next)}`} replace />;
  }
  return (
    <main className="alone">
      {me.error ? <Trouble problem={me.error} again={() => void me.refetch()} /> : <Spin />}
    </main>
  );
}

function Shell({ me }: { me: Me }) {
  const { say } = useWords();
  const isWide = useIsWide();
  return (
    <Layout className="shell">
      <a className="skip" href="#content">
        {say("skip")}
      </a>
      <Layout.Header className="head">
        {isWide ? null : <MenuButton />}
        <Link to="/" className="brand">
          {say("product")}
        </Link>
        <Person me={me} />
      </Layout.Header>
      <Layout>
        {isWide ? <Side /> : null}
        <Layout>
          <Layout.Content id="content" className="content" tabIndex={-1}>
            <Outlet />
          </Layout.Content>
          <Layout.Footer className="foot">
            {say("zone_long")} · {say("login_is_recorded")}
          </Layout.Footer>
        </Layout>
      </Layout>
    </Layout>
  );
}

function Person({ me }: { me: Me }) {
  const { say, word } = useWords();
  const loggedIn = useLoggedIn();
  const leave = useMutation({
    mutationFn: () => answer(api.POST("/api/logout")),
    onSettled: () => loggedIn(null),
  });
  const roles = [...new Set(me.roles.map((held) => word(ROLES, held.role)))].join(say("list_and"));
  return (
    <div className="person">
      <span className="who">
        {me.name ?? me.login} <span className="role">{roles}</span>
      </span>
      <LanguageSwitch />
      <Tooltip title={say("log_out")}>
        <Button
          type="text"
          className="leave"
          icon={<LogoutOutlined />}
          aria-label={say("log_out")}
          onClick={() => leave.mutate()}
        />
      </Tooltip>
    </div>
  );
}

/** The first page that this person may open. */
export function Home() {
  const { say } = useWords();
  const first = useFirstPlace();
  if (first) return <Navigate to={first} replace />;
  return <p>{say("nothing_allowed")}</p>;
}
