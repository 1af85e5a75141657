import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Drawer, Empty, Input, Table } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import type { WatchedSeen, WatchedShown } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { beijing } from "../parts/time";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";

const MOODS: Record<string, string> = { DUE: "bad", PARTLY: "partly", REVIEWED: "good" };

/** The address is the truth: the period that is open. */
export function Supervision() {
  const { say, pick } = useWords();
  const [search, setSearch] = useSearchParams();
  const open = search.get("period");
  const found = useQuery({ queryKey: ["supervision"], queryFn: () => answer(api.GET("/api/supervision")) });
  return (
    <>
      <h1 className="title">{say("watch_title")}</h1>
      <p className="muted">{say("watch_hint")}</p>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      <Table<WatchedShown>
        rowKey="period"
        size="middle"
        loading={found.isPending}
        dataSource={found.data?.periods ?? []}
        pagination={false}
        scroll={{ x: "max-content" }}
        locale={{ emptyText: <Empty /> }}
        columns={[
          {
            title: say("watch_period"),
            key: "period",
            render: (_, one) => (
              <Button
                type="link"
                className="only"
                aria-label={say("watch_open", { period: one.period })}
                onClick={() => setSearch({ period: one.period })}
              >
                {one.period}
              </Button>
            ),
          },
          {
            title: say("access_state"),
            key: "state",
            render: (_, one) => (
              <span className={`status ${MOODS[one.state.code] ?? "plain-status"}`}>{pick(one.state.words)}</span>
            ),
          },
          { title: say("watch_looks"), key: "looks", render: (_, one) => one.looks },
          { title: say("watch_denied"), key: "denied", render: (_, one) => one.denied },
        ]}
      />
      {open ? <One period={open} onClose={() => setSearch({})} /> : null}
    </>
  );
}

function One({ period, onClose }: { period: string; onClose: () => void }) {
  const found = useQuery({
    queryKey: ["supervision", period],
    queryFn: () => answer(api.GET("/api/supervision/{period}", { params: { path: { period } } })),
  });
  return (
    <Drawer open loading={found.isPending} title={period} size={560} onClose={onClose}>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      {found.data ? <Seen seen={found.data} /> : null}
    </Drawer>
  );
}

function Seen({ seen }: { seen: WatchedSeen }) {
  const { say, pick } = useWords();
  const [raised, setRaised] = useState<string[]>([]);
  const [note, setNote] = useState("");
  const params = { path: { period: seen.period } };
  const sign = useDoing(() =>
    answer(api.POST("/api/supervision/{period}/reviews", { params, body: { raised, note: note || null } })),
  );
  const [begins = "", ends = ""] = seen.duty;
  return (
    <>
      <p className={`status ${MOODS[seen.state.code] ?? "plain-status"}`}>{pick(seen.state.words)}</p>
      <p className="small muted">{say("watch_measure", { begins, ends, bulk: seen.bulk })}</p>
      {seen.unknown_days ? <p className="small">{say("watch_unknown", { count: seen.unknown_days })}</p> : null}
      <h3>{say("watch_flags")}</h3>
      {seen.flags.length === 0 ? <p className="muted">{say("watch_no_flags")}</p> : null}
      <Checkbox.Group value={raised} onChange={setRaised} aria-label={say("watch_raise")}>
        <ul className="plain">
          {seen.flags.map((one) => (
            <li key={one.id}>
              <Checkbox value={one.id}>
                {say("watch_flag", { name: one.name ?? "—", flag: pick(one.flag.words), count: one.looks })}
              </Checkbox>
            </li>
          ))}
        </ul>
      </Checkbox.Group>
      {seen.state.code === "DUE" || seen.state.code === "PARTLY" ? (
        <>
          <p className="small muted">{say("watch_raise")}</p>
          <Input.TextArea
            aria-label={say("watch_note")}
            placeholder={say("watch_note")}
            value={note}
            maxLength={2000}
            onChange={(event) => setNote(event.target.value)}
          />
          <div className="actions">
            <Button type="primary" loading={sign.isPending} onClick={() => sign.mutate(undefined)}>
              {say("watch_sign")}
            </Button>
          </div>
        </>
      ) : null}
      <h3>{say("watch_reviews")}</h3>
      {seen.reviews.map((one) => (
        <p key={one.id}>
          {say("watch_reviewed", {
            name: one.name ?? "—",
            time: beijing(one.at),
            looks: one.looks,
            flags: one.flags,
            raised: one.raised,
          })}
          {one.note ? `：${one.note}` : ""}
        </p>
      ))}
    </>
  );
}
