import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Typography } from "antd";
import { Link, Navigate, useLocation, useNavigate, useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { Door } from "../session/Door";
import { useLoggedIn, useMeQuery } from "../session/session";
import { useWords } from "../words/language";

interface Given {
  login: string;
  password: string;
}

/** Only a path of this page: an address from outside must not be a place to go to. */
function safeNext(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : "/";
}

export function Login() {
  const { say } = useWords();
  const [search] = useSearchParams();
  const location = useLocation();
  const navigate = useNavigate();
  const loggedIn = useLoggedIn();
  const me = useMeQuery();
  const next = safeNext(search.get("next"));
  const setup = useQuery({ queryKey: ["setup"], queryFn: () => answer(api.GET("/api/setup")) });
  const enter = useMutation({
    mutationFn: (given: Given) => answer(api.POST("/api/login", { body: given })),
    onSuccess: (found) => {
      loggedIn(found);
      void navigate(next, { replace: true });
    },
  });
  if (setup.data?.needed) return <Navigate to="/setup" replace />;
  if (me.data) return <Navigate to={next} replace />;
  const state = location.state as { said?: "password_done" } | null;
  return (
    <Door title={say("login_title")}>
      {state?.said ? <Alert type="success" showIcon title={say(state.said)} /> : null}
      {enter.error ? <Trouble problem={enter.error} /> : null}
      <Form<Given> layout="vertical" requiredMark={false} onFinish={(given) => enter.mutate(given)}>
        <Form.Item name="login" label={say("login_name")} rules={[{ required: true, message: say("required") }]}>
          <Input autoFocus autoComplete="username" maxLength={200} size="large" />
        </Form.Item>
        <Form.Item name="password" label={say("password")} rules={[{ required: true, message: say("required") }]}>
          <Input.Password autoComplete="current-password" maxLength={1024} size="large" />
        </Form.Item>
        <Button type="primary" htmlType="submit" size="large" block loading={enter.isPending}>
          {say("login_do")}
        </Button>
      </Form>
      <p>
        <Link to="/password">{say("login_have_code")}</Link>
      </p>
      <Typography.Text type="secondary">{say("login_is_recorded")}</Typography.Text>
    </Door>
  );
}
