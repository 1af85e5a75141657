import { useQuery } from "@tanstack/react-query";
import { Table } from "antd";
import { answer, api } from "../api/client";
import type { BodyReviewers } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { useWords } from "../words/language";
import { MOODS } from "./words";

/** Whether each body has the legal reviewers it needs, own and outside apart, and by which clause. */
export function Reviewers({ on }: { on: string | null }) {
  const { say, pick } = useWords();
  const found = useQuery({
    queryKey: ["ratio", "reviewers", on],
    queryFn: () => answer(api.GET("/api/reviewers", { params: { query: { on } } })),
  });
  const bodies = found.data?.bodies ?? [];
  const clauses = new Map(bodies.flatMap((one) => one.clauses).map((one) => [one.quote, one]));
  if (!found.error && bodies.length === 0) return null;
  return (
    <section>
      <h2>{say("reviewers_title")}</h2>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      <Table<BodyReviewers>
        rowKey={(one) => one.unit.id}
        size="middle"
        loading={found.isPending}
        dataSource={bodies}
        pagination={bodies.length > 100 ? { pageSize: 100 } : false}
        scroll={{ x: "max-content" }}
        columns={[
          { title: say("ratio_unit"), key: "unit", render: (_, one) => one.unit.name },
          {
            title: say("ratio_status"),
            key: "status",
            render: (_, one) => (
              <>
                <span className={`status ${MOODS[one.status.code] ?? "plain-status"}`}>{pick(one.status.words)}</span>
                {one.short > 0 ? <div className="small">{say("reviewers_short", { count: one.short })}</div> : null}
              </>
            ),
          },
          { title: say("reviewers_officers"), key: "officers", align: "right", render: (_, one) => one.officers },
          {
            title: say("reviewers_present"),
            key: "present",
            align: "right",
            render: (_, one) => (
              <>
                {one.present}
                <div className="muted small">{say("reviewers_apart", { own: one.own, outside: one.outside })}</div>
              </>
            ),
          },
          { title: say("reviewers_required"), key: "required", align: "right", render: (_, one) => one.required },
          { title: say("reviewers_who"), key: "who", render: (_, one) => <Who body={one} /> },
        ]}
      />
      {[...clauses.values()].map((clause) => (
        <blockquote key={clause.quote} className="clause" lang="zh-CN">
          「{clause.quote}」
          <footer className="muted small">
            《{clause.document}》{clause.article}
          </footer>
        </blockquote>
      ))}
    </section>
  );
}

function Who({ body }: { body: BodyReviewers }) {
  const { say, pick } = useWords();
  return (
    <ul className="reasons">
      {body.reviewers.map((one) => (
        <li key={one.person}>
          {one.name ?? say("users_erased")} <span className="muted">{one.officer_number}</span> ·{" "}
          {pick(one.source.words)}
          {one.counted ? null : <div className="small">{say("reviewers_not_serving")}</div>}
        </li>
      ))}
    </ul>
  );
}
