import { useMutation } from "@tanstack/react-query";
import { Button, Form, Input, Typography } from "antd";
import { Link, useNavigate } from "react-router";
import { answer, api } from "../api/client";
import { PasswordFields } from "../parts/PasswordFields";
import { Trouble } from "../parts/Trouble";
import { Door } from "../session/Door";
import { useWords } from "../words/language";

interface Given {
  code: string;
  password: string;
}

export function Password() {
  const { say } = useWords();
  const navigate = useNavigate();
  const choose = useMutation({
    mutationFn: ({ code, password }: Given) =>
      answer(api.POST("/api/password", { body: { code, password } })),
    onSuccess: () => void navigate("/login", { state: { said: "password_done" } }),
  });
  return (
    <Door title={say("password_title")}>
      <Typography.Paragraph type="secondary">{say("password_hint")}</Typography.Paragraph>
      {choose.error ? <Trouble problem={choose.error} /> : null}
      <Form<Given> layout="vertical" requiredMark={false} onFinish={(given) => choose.mutate(given)}>
        <Form.Item name="code" label={say("code")} rules={[{ required: true, message: say("required") }]}>
          <Input autoFocus autoComplete="one-time-code" maxLength={200} className="code" />
        </Form.Item>
        <PasswordFields />
        <Button type="primary" htmlType="submit" block loading={choose.isPending}>
          {say("password_do")}
        </Button>
      </Form>
      <p>
        <Link to="/login">{say("login_title")}</Link>
      </p>
    </Door>
  );
}
