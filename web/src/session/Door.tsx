import { Card, Typography } from "antd";
import type { ReactNode } from "react";
import { useWords } from "../words/language";
import { LanguageSwitch } from "./Frame";

/** What stands before the log-in: one card in the middle of the page. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
  const { say } = useWords();
  return (
    <main className="door">
      <header className="door-head">
        <span className="door-brand">{say("product_long")}</span>
        <LanguageSwitch />
      </header>
      <Card className="door-card">
        <Typography.Title level={1} className="door-title">
          {title}
        </Typography.Title>
        {children}
      </Card>
    </main>
  );
}
