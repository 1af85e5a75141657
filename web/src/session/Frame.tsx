import { Button, Layout, Menu, Segmented, Spin, Tooltip } from "antd";
import { LogoutOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Link, Navigate, Outlet, useLocation } from "react-router";
import { answer, api } from "../api/client";
import type { Me, Permission } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { ROLES } from "../words/codes";
import { useWords } from "../words/language";
import type { Language } from "../words/language";
import type { Key } from "../words/ui";
import { SessionProvider, useLoggedIn, useMeQuery, useSession } from "./session";

const PLACES: { path: string; word: Key; needs: Permission }[] = [
  { path: "/docks", word: "nav_docks", needs: "WATCH_DOCKS" },
  { path: "/recordings", word: "nav_recordings", needs: "LIST_RECORDINGS" },
  { path: "/cases", word: "nav_cases", needs: "READ_CASES" },
  { path: "/inbox", word: "nav_inbox", needs: "LINK_FOOTAGE" },
  { path: "/findings", word: "nav_findings", needs: "READ_FINDINGS" },
  { path: "/access", word: "nav_access", needs: "REQUEST_ACCESS" },
  { path: "/supervision", word: "nav_supervision", needs: "SUPERVISE_ACCESS" },
  { path: "/holds", word: "nav_holds", needs: "READ_RETENTION" },
  { path: "/retention", word: "nav_retention", needs: "READ_RETENTION" },
  { path: "/disposal", word: "nav_disposal", needs: "READ_DISPOSALS" },
  { path: "/ratio", word: "nav_ratio", needs: "READ_RATIO" },
  { path: "/devices", word: "nav_devices", needs: "READ_DEVICES" },
  { path: "/staff", word: "nav_staff", needs: "READ_STAFF" },
  { path: "/reports", word: "nav_reports", needs: "READ_REPORTS" },
  { path: "/jobs", word: "nav_jobs", needs: "READ_JOBS" },
  { path: "/users", word: "nav_users", needs: "READ_USERS" },
];

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
  const { may } = useSession();
  const { pathname } = useLocation();
  const offered = PLACES.filter((place) => may(place.needs));
  const items = offered.map((place) => ({
    key: place.path,
    label: <Link to={place.path}>{say(place.word)}</Link>,
  }));
  const under = pathname.startsWith("/actions/") ? "/cases" : pathname;
  const here = offered.find((place) => under.startsWith(place.path));
  return (
    <Layout className="shell">
      <a className="skip" href="#content">
        {say("skip")}
      </a>
      <Layout.Header className="head">
        <Link to="/" className="brand">
          {say("product")}
        </Link>
        <nav aria-label={say("nav_label")} className="nav">
          <Menu
            theme="dark"
            mode="horizontal"
            items={items}
            selectedKeys={here ? [here.path] : []}
          />
        </nav>
        <Person me={me} />
      </Layout.Header>
      <Layout.Content id="content" className="content" tabIndex={-1}>
        <Outlet />
      </Layout.Content>
      <Layout.Footer className="foot">
        {say("zone_long")} · {say("login_is_recorded")}
      </Layout.Footer>
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
  const { may } = useSession();
  const first = PLACES.find((place) => may(place.needs));
  if (first) return <Navigate to={first.path} replace />;
  return <p>{say("nothing_allowed")}</p>;
}
