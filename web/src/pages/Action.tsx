import { useQuery } from "@tanstack/react-query";
import { App, Button, Descriptions, Spin, Table, Timeline } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { answer, api, ApiProblem } from "../api/client";
import type { ActionDetail } from "../api/client";
import { CoverageBar } from "../cases/CoverageBar";
import { IntervalDialog } from "../cases/dialogs";
import { Blocks, Records, Refusals, Tries, VerdictTag } from "../cases/parts";
import { ProposalList } from "../cases/Proposals";
import { Team } from "../cases/Team";
import { Back } from "../parts/Back";
import { Trouble } from "../parts/Trouble";
import { beijing, Moment } from "../parts/time";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";

type Interval = ActionDetail["intervals"][number];

export function Action() {
  const { say } = useWords();
  const { id = "" } = useParams();
  const found = useQuery({
    queryKey: ["action", id],
    queryFn: () => answer(api.GET("/api/actions/{action}", { params: { path: { action: id } } })),
  });
  if (found.error) {
    return (
      <>
        <Back to="/cases">{say("cases_back")}</Back>
        <Trouble problem={found.error} again={() => void found.refetch()} />
      </>
    );
  }
  if (!found.data) return <Spin aria-label={say("loading")} />;
  return <One detail={found.data} />;
}

function One({ detail }: { detail: ActionDetail }) {
  const { say, pick } = useWords();
  const { may } = useSession();
  const shown = detail.action;
  return (
    <>
      <Back to={shown.case ? `/cases/${shown.case}` : "/cases"}>
        {say(shown.case ? "action_back" : "cases_back")}
      </Back>
      <div className="title-line">
        <h1 className="title">{shown.type_name ?? pick(shown.type.words)}</h1>
        <span className="status plain-status">{pick(shown.state.words)}</span>
        {may("KEEP_CASES") ? <Steps detail={detail} /> : null}
      </div>
      <Blocks blocks={detail.blocks} />
      <ProposalList proposals={detail.proposals} />
      <div className="two">
        <div className="main-column">
          {detail.coverage ? (
            <CoverageBar coverage={detail.coverage} />
          ) : (
            <section className="coverage">
              <h2>{say("coverage_title")}</h2>
              <p className="muted">{say("coverage_none")}</p>
            </section>
          )}
          <Team action={shown.id} team={detail.team} />
          <h2>{say("action_records")}</h2>
          <Records records={detail.records} />
        </div>
        <div className="side-column">
          <Facts detail={detail} />
          <Versions intervals={detail.intervals} />
          <History detail={detail} />
          <Tries tries={detail.tries} />
        </div>
      </div>
    </>
  );
}

function Facts({ detail }: { detail: ActionDetail }) {
  const { say, pick } = useWords();
  const shown = detail.action;
  const touched = [
    shown.interests.liberty ? say("action_liberty") : null,
    shown.interests.life_health ? say("action_life") : null,
    shown.interests.major_property ? say("action_property") : null,
  ].filter((one) => one !== null);
  const planned =
    shown.planned_from && shown.planned_to
      ? `${beijing(shown.planned_from)} – ${beijing(shown.planned_to).slice(11)}`
      : "—";
  return (
    <Descriptions
      bordered
      size="small"
      column={1}
      items={[
        {
          key: "tier",
          label: say("action_tier"),
          children: (
            <>
              {pick(shown.tier.words)}
              <div className="small muted">{shown.tier_reasons.map((one) => pick(one.words)).join("、")}</div>
            </>
          ),
        },
        { key: "place", label: say("action_place"), children: shown.place ?? "—" },
        { key: "planned", label: say("action_planned"), children: planned },
        { key: "interests", label: say("action_interests"), children: touched.join("、") || say("none") },
        { key: "power", label: say("cases_power"), children: shown.power_item ?? "—" },
        { key: "unit", label: say("users_unit"), children: shown.unit_name ?? shown.unit },
      ]}
    />
  );
}

function Versions({ intervals }: { intervals: Interval[] }) {
  const { say } = useWords();
  if (intervals.length === 0) return null;
  return (
    <section>
      <h2>{say("action_versions")}</h2>
      <Table<Interval>
        rowKey="number"
        size="small"
        dataSource={intervals}
        pagination={false}
        scroll={{ x: "max-content" }}
        columns={[
          {
            title: say("action_interval"),
            key: "interval",
            render: (_, one) => (
              <>
                {say("action_version", { number: one.number + 1 })}{" "}
                <span className="moment">
                  {beijing(one.start)} – {beijing(one.end).slice(11)}
                </span>
                {one.reason ? <div className="small muted">{one.reason}</div> : null}
              </>
            ),
          },
        ]}
      />
    </section>
  );
}

function History({ detail }: { detail: ActionDetail }) {
  const { say } = useWords();
  if (detail.history.length === 0) return null;
  return (
    <section>
      <h2>{say("action_history")}</h2>
      <Timeline
        items={[...detail.history].reverse().map((one) => ({
          key: one.number,
          content: (
            <>
              <VerdictTag verdict={one.verdict} flags={one.flags} />
              <div className="small muted">
                <Moment utc={one.assessed_at} />
              </div>
            </>
          ),
        }))}
      />
    </section>
  );
}

/** The steps that come next; what is refused is shown with every reason. */
function Steps({ detail }: { detail: ActionDetail }) {
  const { say } = useWords();
  const { modal } = App.useApp();
  const [dialog, setDialog] = useState<"end" | "correct" | null>(null);
  const action = detail.action.id;
  const state = detail.action.state.code;
  const take = useDoing(async (step: "start" | "settle") => {
    const params = { path: { action } };
    try {
      if (step === "start") await answer(api.POST("/api/actions/{action}/start", { params, body: {} }));
      else await answer(api.POST("/api/actions/{action}/settle", { params, body: {} }));
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.refusals.length > 0) {
        modal.warning({ title: say("refused_title"), width: 640, content: <Refusals refusals={problem.refusals} /> });
        return;
      }
      throw problem;
    }
  });
  return (
    <div className="actions">
      {state === "PLANNED" ? (
        <Button type="primary" loading={take.isPending} onClick={() => take.mutate("start")}>
          {say("action_start")}
        </Button>
      ) : null}
      {state === "STARTED" ? (
        <Button type="primary" onClick={() => setDialog("end")}>
          {say("action_end")}
        </Button>
      ) : null}
      {state === "ENDED" ? (
        <Button type="primary" loading={take.isPending} onClick={() => take.mutate("settle")}>
          {say("action_settle")}
        </Button>
      ) : null}
      {detail.intervals.length > 0 ? (
        <Button onClick={() => setDialog("correct")}>{say("action_correct")}</Button>
      ) : null}
      {dialog ? (
        <IntervalDialog action={action} correct={dialog === "correct"} onClose={() => setDialog(null)} />
      ) : null}
    </div>
  );
}
