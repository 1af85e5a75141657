import { useQuery } from "@tanstack/react-query";
import { App, Button, Descriptions, Empty, Input, Modal, Select, Spin, Table } from "antd";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { answer, api, ApiProblem } from "../api/client";
import type { ActionShown, CaseDetail } from "../api/client";
import { ActionDialog, CaseDialog } from "../cases/dialogs";
import { CASE_FACTS } from "../cases/facts";
import { CaseTerms } from "../cases/CaseTerms";
import { Document } from "../cases/fields";
import { RecordingLink, useDocumentOptions, useRecordingOptions } from "../cases/Named";
import { Papers, useOpenFact, useSaved } from "../cases/Papers";
import { Blocks, Lifting, Refusals, Tries, VerdictTag } from "../cases/parts";
import { Back } from "../parts/Back";
import { Trouble } from "../parts/Trouble";
import { Moment } from "../parts/time";
import { useDoing } from "../users/doing";
import { NEXT_STATES } from "../words/codes";
import { useWords } from "../words/language";
import { CASE_STATES } from "../words/offered";

type State = keyof typeof CASE_STATES;

function read(id: string) {
  return answer(api.GET("/api/cases/{case}", { params: { path: { case: id } } }));
}

export function Case() {
  const { say } = useWords();
  const { id = "" } = useParams();
  const found = useQuery({
    queryKey: ["case", id],
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

function One({ detail }: { detail: CaseDetail }) {
  const { say, pick } = useWords();
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const [anew, setAnew] = useState(false);
  const [open, setOpen] = useOpenFact();
  const shown = detail.case;
  const saved = useSaved(["case", shown.id], () => read(shown.id));
  const keeps = detail.may.includes("KEEP_CASES");
  const around = {
    team: [],
    documents: useDocumentOptions(detail.records),
    recordings: useRecordingOptions(detail.footage),
  };
  const lifting = (code: string) => {
    const fact = CASE_FACTS.find((one) => one.lifts?.includes(code) && detail.may.includes(one.needs));
    return fact ? () => setOpen(fact) : null;
  };
  return (
    <Lifting value={lifting}>
      <Back to="/cases">{say("cases_back")}</Back>
      <div className="title-line">
        <h1 className="title">{say("case_of", { number: shown.number })}</h1>
        <span className="status plain-status">{pick(shown.state.words)}</span>
        {keeps ? <TakeStep detail={detail} /> : null}
        {keeps ? <Button onClick={() => setAnew(true)}>{say("case_anew")}</Button> : null}
      </div>
      <Blocks blocks={detail.blocks} />
      <Descriptions
        bordered
        size="small"
        column={{ xs: 1, md: 2 }}
        items={[
          { key: "title", label: say("cases_heading"), children: shown.title ?? "—" },
          { key: "party", label: say("cases_party"), children: shown.party ?? "—" },
          { key: "unit", label: say("users_unit"), children: shown.unit_name ?? shown.unit },
          { key: "category", label: say("cases_category"), children: shown.category_name ?? pick(shown.category.words) },
          { key: "power", label: say("cases_power"), children: shown.power_item ?? "—" },
          { key: "since", label: say("cases_since"), children: <Moment utc={shown.state_at} /> },
        ]}
      />
      <div className="title-line below">
        <h2>{say("case_actions")}</h2>
        {keeps ? (
          <Button size="small" onClick={() => setAdding(true)}>
            {say("action_new")}
          </Button>
        ) : null}
      </div>
      <Actions actions={detail.actions} />
      <h2>{say("case_recordings")}</h2>
      <Recordings detail={detail} />
      <h2>{say("case_records")}</h2>
      <Papers
        of={shown.id}
        facts={CASE_FACTS}
        records={detail.records}
        blocks={detail.blocks}
        may={detail.may}
        around={around}
        open={open}
        onOpen={setOpen}
        onSaved={saved}
      />
      <CaseTerms of={shown.id} around={around} />
      <Tries tries={detail.tries} />
      {anew ? <CaseDialog known={shown} onClose={() => setAnew(false)} /> : null}
      {adding ? (
        <ActionDialog
          of={shown.id}
          unit={shown.unit}
          onClose={() => setAdding(false)}
          onDone={(id) => void navigate(`/actions/${id}`)}
        />
      ) : null}
    </Lifting>
  );
}

function Actions({ actions }: { actions: ActionShown[] }) {
  const { say, pick } = useWords();
  return (
    <Table<ActionShown>
      rowKey="id"
      size="middle"
      dataSource={actions}
      pagination={false}
      scroll={{ x: "max-content" }}
      locale={{ emptyText: <Empty description={say("case_no_action")} /> }}
      columns={[
        {
          title: say("action_type"),
          key: "type",
          render: (_, one) => (
            <>
              <Link to={`/actions/${one.id}`}>{one.type_name ?? pick(one.type.words)}</Link>
              <div className="small muted">{one.place}</div>
            </>
          ),
        },
        { title: say("action_tier"), key: "tier", render: (_, one) => pick(one.tier.words) },
        {
          title: say("action_verdict"),
          key: "verdict",
          render: (_, one) =>
            one.verdict ? (
              <VerdictTag verdict={one.verdict.verdict} flags={one.verdict.flags} />
            ) : (
              <span className="muted">{say("action_not_assessed")}</span>
            ),
        },
        {
          title: say("action_interval"),
          key: "interval",
          render: (_, one) => {
            const at = one.started_at ?? one.planned_from;
            return at ? <Moment utc={at} zone={false} /> : "—";
          },
        },
        { title: say("cases_state"), key: "state", render: (_, one) => pick(one.state.words) },
      ]}
    />
  );
}

function Recordings({ detail }: { detail: CaseDetail }) {
  const { say } = useWords();
  if (detail.recordings.length === 0) return <p className="muted">{say("none")}</p>;
  return (
    <ul className="plain footage">
      {detail.footage.map((one) => (
        <li key={one.recording}>
          <RecordingLink one={one} />{" "}
          {detail.unfixed.includes(one.recording) ? <span className="status partly">{say("case_unfixed")}</span> : null}
        </li>
      ))}
    </ul>
  );
}

/** Takes the case on; what is refused is shown with every reason. */
function TakeStep({ detail }: { detail: CaseDetail }) {
  const { say, word } = useWords();
  const { modal } = App.useApp();
  const next = NEXT_STATES[detail.case.state.code] ?? [];
  const [to, setTo] = useState<State | null>(null);
  const [text, setText] = useState("");
  const [document, setDocument] = useState<string | undefined>();
  const known = useDocumentOptions(detail.records);
  const take = useDoing(async (state: State) => {
    const given = text.trim() || null;
    const body = {
      to: state,
      reason: state === "NOT_FILED" ? given : null,
      outcome: state === "DECIDED" ? given : null,
      receiver: state === "TRANSFERRED" ? given : null,
      document_sha256: document ?? null,
      relied_on: state === "DECIDED" ? detail.recordings : [],
    };
    try {
      await answer(api.POST("/api/cases/{case}/steps", { params: { path: { case: detail.case.id } }, body }));
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.refusals.length > 0) {
        modal.warning({ title: say("refused_title"), width: 640, content: <Refusals refusals={problem.refusals} /> });
        return;
      }
      throw problem;
    }
    setTo(null);
  });
  if (next.length === 0) return null;
  const asked: Partial<Record<State, "case_reason" | "case_outcome" | "case_receiver">> = {
    NOT_FILED: "case_reason",
    DECIDED: "case_outcome",
    TRANSFERRED: "case_receiver",
  };
  const word_of = to ? asked[to] : undefined;
  return (
    <>
      <Button type="primary" onClick={() => setTo(next[0] ?? null)}>
        {say("case_step")}
      </Button>
      <Modal
        open={to !== null}
        title={say("case_step")}
        okText={say("case_step")}
        cancelText={say("cancel")}
        confirmLoading={take.isPending}
        onCancel={() => setTo(null)}
        onOk={() => (to ? take.mutate(to) : undefined)}
      >
        <p>{say("case_step_to")}</p>
        <Select
          aria-label={say("case_step_to")}
          value={to}
          onChange={setTo}
          options={next.map((state) => ({ value: state, label: word(CASE_STATES, state) }))}
          className="filter-value"
        />
        {word_of ? (
          <Input.TextArea
            className="step-text"
            aria-label={say(word_of)}
            placeholder={say(word_of)}
            value={text}
            rows={2}
            maxLength={200}
            onChange={(event) => setText(event.target.value)}
          />
        ) : null}
        <div className="step-text">
          <div>{say("case_document")}</div>
          <Document known={known} {...(document ? { value: document } : {})} onChange={setDocument} />
        </div>
      </Modal>
    </>
  );
}
