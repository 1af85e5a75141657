import { useQuery } from "@tanstack/react-query";
import { App, Button } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { Link } from "react-router";
import { answer, api } from "../api/client";
import type { LinkShown, RecordingCases } from "../api/client";
import { ReasonDialog } from "../cases/dialogs";
import { FactForm } from "../cases/FactForm";
import { recordingFacts } from "../cases/facts";
import { useOpenFact } from "../cases/Papers";
import { beijing } from "../parts/time";
import { useWords } from "../words/language";

/** What a recording is of: its cases, when it was made by corrected time, and whether it counts. */
export function CaseLinks({ recording }: { recording: string }) {
  const { say, pick } = useWords();
  const params = { path: { recording } };
  const found = useQuery({
    queryKey: ["recording-cases", recording],
    queryFn: () => answer(api.GET("/api/recordings/{recording}/cases", { params })),
    retry: false,
  });
  const shown = found.data;
  if (!shown) return null;
  const unsure =
    shown.uncertainty_s === null ? say("coverage_unknown") : say("coverage_within", { seconds: shown.uncertainty_s });
  return (
    <section>
      <h2>
        {say("rec_cases")} <span className="status plain-status">{pick(shown.state.words)}</span>
      </h2>
      {shown.aside.length > 0 ? (
        <p className="status bad">
          {say("rec_aside", { reasons: shown.aside.map((one) => pick(one.words)).join("、") })}
        </p>
      ) : null}
      {shown.start && shown.end ? (
        <p className="small">
          {say("rec_true_time")}
          {say("colon")}
          {beijing(shown.start)} – {beijing(shown.end).slice(11)}
          {shown.clock ? ` · ${pick(shown.clock.words)} · ${unsure}` : ""}
          {shown.holder_name ? ` · ${say("rec_holder")} ${shown.holder_name}` : ""}
        </p>
      ) : null}
      <ul className="plain footage">
        {shown.links.map((one) => (
          <OneLink key={one.action + one.stated_at} link={one} unlinks={shown.may.includes("LINK_FOOTAGE")} />
        ))}
      </ul>
      {shown.may.includes("JUDGE_FOOTAGE") ? <Judging recording={recording} shown={shown} /> : null}
    </section>
  );
}

const NOBODY = { team: [], documents: [], recordings: [] };

/** What a reviewer says of it: that it does not count, counts again, or when it really was made. */
function Judging({ recording, shown }: { recording: string; shown: RecordingCases }) {
  const { say } = useWords();
  const { message } = App.useApp();
  const [open, setOpen] = useOpenFact();
  const facts = recordingFacts(shown.aside.map((one) => one.code));
  return (
    <>
      {shown.raw ? (
        <p className="small muted">
          {say("rec_raw")}
          {say("colon")}
          {beijing(shown.raw)}
        </p>
      ) : null}
      <div className="actions">
        {facts.map((fact) => (
          <Button key={fact.code} size="small" onClick={() => setOpen(fact)}>
            {say(fact.title)}
          </Button>
        ))}
      </div>
      {open ? (
        <FactForm
          fact={open}
          of={recording}
          around={NOBODY}
          known={open.code === "ANCHOR" && shown.raw ? { device_at: dayjs(beijing(shown.raw)) } : {}}
          onClose={() => setOpen(null)}
          onSaved={() => void message.success(say("done"))}
        />
      ) : null}
    </>
  );
}

function OneLink({ link, unlinks }: { link: LinkShown; unlinks: boolean }) {
  const { say, pick } = useWords();
  const [ending, setEnding] = useState(false);
  const params = { path: { recording: link.recording } };
  return (
    <li>
      <Link to={`/actions/${link.action}`}>
        {link.case_number ? `${link.case_number} · ` : ""}
        {pick(link.type.words)}
      </Link>{" "}
      {link.ended_at ? <span className="muted">{say("rec_unlinked_at")}</span> : null}
      {link.ended_at === null && unlinks ? (
        <Button size="small" onClick={() => setEnding(true)}>
          {say("rec_unlink")}
        </Button>
      ) : null}
      <div className="small muted">
        {pick(link.basis.words)}
        {[link.name, ...link.reasons.map((reason) => pick(reason.words))]
          .filter((part) => part !== null)
          .map((part) => ` · ${part}`)
          .join("")}
        {link.end_reason ? ` · ${link.end_reason}` : ""}
      </div>
      {ending ? (
        <ReasonDialog
          title={say("rec_unlink")}
          hint={say("rec_unlink_hint")}
          told="proposal_made"
          send={(reason) =>
            answer(
              api.POST("/api/recordings/{recording}/unlinking", { params, body: { action: link.action, reason } }),
            )
          }
          onClose={() => setEnding(false)}
        />
      ) : null}
    </li>
  );
}
