import { Form, Input } from "antd";
import { useWords } from "../words/language";

/** A new password, twice; what the server refuses is said by the server. */
export function PasswordFields() {
  const { say } = useWords();
  const required = { required: true, message: say("required") };
  return (
    <>
      <Form.Item name="password" label={say("password_new")} extra={say("password_rule")} rules={[required]}>
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
      <Form.Item
        name="again"
        label={say("password_again")}
        dependencies={["password"]}
        rules={[
          required,
          ({ getFieldValue }) => ({
            validator: (_rule, value: unknown) =>
              !value || getFieldValue("password") === value
                ? Promise.resolve()
                : Promise.reject(new Error(say("password_differ"))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
    </>
  );
}
