import { useMutation, useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Typography } from "antd";
import { Link, useNavigate } from "react-router";
import { answer, api } from "../api/client";
import { PasswordFields } from "../parts/PasswordFields";
import { Trouble } from "../parts/Trouble";
import { Door } from "../session/Door";
import { useLoggedIn } from "../session/session";
import { useWords } from "../words/language";

interface Given {
  code: string;
  bureau: string;
  name: string;
  login: string;
  password: string;
  again: string;
}

export function Setup() {
  const { say } = useWords();
  const navigate = useNavigate();
  const loggedIn = useLoggedIn();
  const setup = useQuery({ queryKey: ["setup"], queryFn: () => answer(api.GET("/api/setup")) });
  const make = useMutation({
    mutationFn: ({ again: _again, ...body }: Given) => answer(api.POST("/api/setup", { body })),
    onSuccess: (me) => {
      loggedIn(me);
      void navigate("/", { replace: true });
    },
  });
  const rules = [{ required: true, message: say("required") }];
  if (setup.data && !setup.data.needed && !make.isSuccess) {
    return (
      <Door title={say("setup_title")}>
        <p>{say("setup_over")}</p>
        <Link to="/login">{say("login_title")}</Link>
      </Door>
    );
  }
  return (
    <Door title={say("setup_title")}>
      <Typography.Paragraph type="secondary">{say("setup_hint")}</Typography.Paragraph>
      {make.error ? <Trouble problem={make.error} /> : null}
      <Form<Given> layout="vertical" requiredMark={false} onFinish={(given) => make.mutate(given)}>
        <Form.Item name="code" label={say("code")} rules={rules}>
          <Input autoFocus autoComplete="one-time-code" maxLength={200} className="code" />
        </Form.Item>
        <Form.Item name="bureau" label={say("setup_bureau")} rules={rules}>
          <Input autoComplete="organization" maxLength={200} />
        </Form.Item>
        <Form.Item name="name" label={say("setup_name")} rules={rules}>
          <Input autoComplete="name" maxLength={200} />
        </Form.Item>
        <Form.Item name="login" label={say("login_name")} rules={rules}>
          <Input autoComplete="username" maxLength={200} />
        </Form.Item>
        <PasswordFields />
        <Button type="primary" htmlType="submit" block loading={make.isPending}>
          {say("setup_do")}
        </Button>
      </Form>
    </Door>
  );
}
