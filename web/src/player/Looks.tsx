import { useQuery } from "@tanstack/react-query";
import { Button, Empty, Spin, Table, Tag } from "antd";
import { ReloadOutlined } from "@ant-design/icons";
import { answer, api } from "../api/client";
import type { Looked } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { bytes, Moment } from "../parts/time";
import { DERIVATIVES } from "../words/codes";
import { useWords } from "../words/language";

/** Who has looked at a recording, when, and how much of which file was sent. */
export function Looks({ recording }: { recording: string }) {
  const { say } = useWords();
  const looks = useQuery({
    queryKey: ["looks", recording],
    queryFn: () =>
      answer(api.GET("/api/recordings/{recording}/views", { params: { path: { recording } } })),
  });
  return (
    <section>
      <h2>
        {say("looks")}{" "}
        <Button
          type="text"
          icon={<ReloadOutlined aria-hidden />}
          aria-label={say("refresh")}
          loading={looks.isFetching}
          onClick={() => void looks.refetch()}
        />
      </h2>
      {looks.error ? <Trouble problem={looks.error} again={() => void looks.refetch()} /> : null}
      {looks.isPending ? <Spin /> : null}
      {looks.data ? <LooksTable looks={looks.data.views} /> : null}
    </section>
  );
}

function LooksTable({ looks }: { looks: Looked[] }) {
  const { say } = useWords();
  return (
    <Table<Looked>
      rowKey="id"
      size="small"
      dataSource={looks}
      pagination={looks.length > 20 ? { pageSize: 20 } : false}
      locale={{ emptyText: <Empty description={say("looks_none")} /> }}
      columns={[
        {
          title: say("looks_who"),
          key: "who",
          render: (_, look) => (
            <>
              <div>{look.name ?? look.account}</div>
              <Moment utc={look.opened_at} />
            </>
          ),
        },
        {
          title: say("jobs_what"),
          key: "kind",
          render: (_, look) => (
            <>
              {say(look.kind === "ORIGINAL" ? "look_original" : "look_preview")}{" "}
              {look.ended ? null : <Tag color="processing">{say("look_open")}</Tag>}
              {look.cut_short ? <Tag color="orange">{say("look_cut_short")}</Tag> : null}
              <Sent look={look} />
            </>
          ),
        },
      ]}
    />
  );
}

function Sent({ look }: { look: Looked }) {
  const { say, word } = useWords();
  return (
    <>
      {look.shown.length > 0 ? <div className="small muted">{say("look_shown")}</div> : null}
      {look.shown.map((file) => {
        const sent = file.ranges.reduce((sum, [start, end]) => sum + end - start, 0);
        const kind = file.what.split("/")[0] ?? file.what;
        const share = file.size > 0 ? Math.floor((sent / file.size) * 100) : 100;
        return (
          <div key={`${file.what}-${file.size}`} className="small">
            {say("look_of", {
              what: `${word(DERIVATIVES, kind)} ${file.what.split("/")[1] ?? ""}`.trim(),
              part: `${share}% (${bytes(sent)})`,
            })}
          </div>
        );
      })}
      {look.cut_short ? <div className="small muted">{say("look_not_known")}</div> : null}
    </>
  );
}
