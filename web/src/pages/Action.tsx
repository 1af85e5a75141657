import { useQuery } from "@tanstack/react-query";
import { App, Button, Descriptions, Spin, Table, Timeline } from "antd";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { answer, api, ApiProblem } from "../api/client";
import type { ActionDetail } from "../api/client";
import { CoverageBar } from "../cases/CoverageBar";
import { ActionDialog, IntervalDialog, ReasonDialog } from "../cases/dialogs";
import { FactForm } from "../cases/FactForm";
import { ACTION_FACTS, SEGMENT } from "../cases/facts";
import type { Fact } from "../cases/facts";
import type { Around } from "../cases/fields";
import { useDocumentOptions, useRecordingOptions } from "../cases/Named";
import { Papers, useSaved } from "../cases/Papers";
import { Blocks, Lifting, Refusals, Tries, VerdictTag } from "../cases/parts";
import { ProposalList } from "../cases/Proposals";
import { Readiness } from "../cases/Readiness";
import { Segments } from "../cases/Segments";
import { Team, TeamDialog } from "../cases/Team";
import { Back } from "../parts/Back";
import { Trouble } from "../parts/Trouble";
import { beijing, Moment } from "../parts/time";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";

type Interval = ActionDetail["intervals"][number];
/** The form that is open: of a kind of fact, of the team, of the interval, or of its end. */
type Open = Fact | "team" | "end" | "correct" | "cancel" | "anew" | null;

const OF_FOOTAGE = ["COVERAGE_GAP", "COVERAGE_NONE"];
const OF_TEAM = ["TEAM_TOO_SMALL", "CERT_EXPIRED", "MEMBER_BARRED", "NO_LEAD", "NO_RECORDER_PERSON"];

function read(id: string) {
  return answer(api.GET("/api/actions/{action}", { params: { path: { action: id } } }));
}

export function Action() {
  const { say } = useWords();
  const { id = "" } = useParams();
  const found = useQuery({
    queryKey: ["action", id],
    queryFn: () => read(id),
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

function useAround(detail: ActionDetail): Around {
  const { say } = useWords();
  const team = detail.team.map((one) => ({
    value: one.person,
    label: [one.name ?? say("users_erased"), one.officer_number].filter((part) => part !== null).join(" · "),
  }));
  return {
    team,
    documents: useDocumentOptions(detail.records),
    recordings: useRecordingOptions(detail.recordings),
  };
}

function One({ detail }: { detail: ActionDetail }) {
  const { say, pick } = useWords();
  const [open, setOpen] = useState<Open>(null);
  const around = useAround(detail);
  const shown = detail.action;
  const saved = useSaved(["action", shown.id], () => read(shown.id));
  const keeps = detail.may.includes("KEEP_CASES");
  const close = () => setOpen(null);
  const facts = factsOf(detail);
  const navigate = useNavigate();
  const { may } = useSession();
  const lifting = (code: string) => {
    if (!keeps) return null;
    if (OF_TEAM.includes(code)) return () => setOpen("team");
    const fact = facts.find((one) => one.lifts?.includes(code));
    if (fact) return () => setOpen(fact);
    // What is lost for good is explained where it was found.
    return OF_FOOTAGE.includes(code) && may("READ_FINDINGS") ? () => void navigate("/findings?state=OPEN") : null;
  };
  return (
    <Lifting value={lifting}>
      <Back to={shown.case ? `/cases/${shown.case}` : "/cases"}>
        {shown.case_number ? say("case_of", { number: shown.case_number }) : say("cases_back")}
      </Back>
      <div className="title-line">
        <h1 className="title">{shown.type_name ?? pick(shown.type.words)}</h1>
        <span className="status plain-status">{pick(shown.state.words)}</span>
        {keeps ? <Steps detail={detail} onOpen={setOpen} /> : null}
      </div>
      <Blocks blocks={detail.blocks} />
      <ProposalList proposals={detail.proposals} confirms={detail.may.includes("CONFIRM_CASES")} />
      <div className="two">
        <div className="main-column">
          {shown.state.code === "PLANNED" ? <Readiness action={shown.id} /> : <Coverage detail={detail} />}
          <Team team={detail.team} onEdit={keeps ? () => setOpen("team") : null} />
          <h2>{say("action_records")}</h2>
          <Papers
            of={shown.id}
            facts={facts}
            records={detail.records}
            blocks={detail.blocks}
            may={detail.may}
            around={around}
            open={isFact(open) && open !== SEGMENT ? open : null}
            onOpen={setOpen}
            onSaved={saved}
          />
          <Segments
            action={shown.id}
            recordings={detail.recordings}
            onAdd={detail.may.includes("LINK_FOOTAGE") ? () => setOpen(SEGMENT) : null}
          />
        </div>
        <div className="side-column">
          <Facts detail={detail} />
          <Versions intervals={detail.intervals} />
          <History detail={detail} />
          <Tries tries={detail.tries} />
        </div>
      </div>
      {open === SEGMENT ? (
        <FactForm fact={SEGMENT} of={shown.id} around={around} onClose={close} onSaved={saved} />
      ) : null}
      {open === "team" ? <TeamDialog action={shown.id} team={detail.team} onClose={close} /> : null}
      {open === "end" || open === "correct" ? (
        <IntervalDialog
          action={shown.id}
          correct={open === "correct"}
          documents={around.documents}
          declared={detail.intervals.at(-1)}
          onClose={close}
        />
      ) : null}
      {open === "anew" && shown.case ? (
        <ActionDialog of={shown.case} unit={shown.unit} known={shown} onClose={close} />
      ) : null}
      {open === "cancel" ? (
        <ReasonDialog
          title={say("action_cancel")}
          hint={say("action_cancel_hint")}
          told="done"
          send={(reason) =>
            answer(api.POST("/api/actions/{action}/cancel", { params: { path: { action: shown.id } }, body: { reason } }))
          }
          onClose={close}
        />
      ) : null}
    </Lifting>
  );
}

/** Where the recording must be whole, nothing is left to decide and no text stands for it. */
function factsOf({ action, records }: ActionDetail): readonly Fact[] {
  if (action.tier.code !== "MANDATORY") return ACTION_FACTS;
  const said = new Set(records.map((one) => one.kind.code));
  return ACTION_FACTS.filter(({ code }) => said.has(code) || (code !== "DECISION" && code !== "EXEMPTION"));
}

function isFact(open: Open): open is Fact {
  return open !== null && typeof open === "object";
}

function Coverage({ detail }: { detail: ActionDetail }) {
  const { say } = useWords();
  if (detail.coverage) return <CoverageBar coverage={detail.coverage} />;
  return (
    <section className="coverage">
      <h2>{say("coverage_title")}</h2>
      <p className="muted">{say("coverage_none")}</p>
    </section>
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
        ...(shown.room_name ? [{ key: "room", label: say("action_room"), children: shown.room_name }] : []),
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
function Steps({ detail, onOpen }: { detail: ActionDetail; onOpen: (open: Open) => void }) {
  const { say } = useWords();
  const { modal } = App.useApp();
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
        <>
          <Button type="primary" loading={take.isPending} onClick={() => take.mutate("start")}>
            {say("action_start")}
          </Button>
          <Button onClick={() => onOpen("cancel")}>{say("action_cancel")}</Button>
        </>
      ) : null}
      {state === "STARTED" ? (
        <Button type="primary" onClick={() => onOpen("end")}>
          {say("action_end")}
        </Button>
      ) : null}
      {state === "ENDED" ? (
        <Button type="primary" loading={take.isPending} onClick={() => take.mutate("settle")}>
          {say("action_settle")}
        </Button>
      ) : null}
      {detail.action.case && ["PLANNED", "STARTED", "ENDED"].includes(state) ? (
        <Button onClick={() => onOpen("anew")}>{say("action_anew")}</Button>
      ) : null}
      {detail.intervals.length > 0 ? (
        <Button onClick={() => onOpen("correct")}>{say("action_correct")}</Button>
      ) : null}
    </div>
  );
}
