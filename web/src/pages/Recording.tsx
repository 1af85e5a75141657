import { DownloadOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Popconfirm, Spin } from "antd";
import { useParams } from "react-router";
import { answer, api } from "../api/client";
import type { Recording as Shown, Remark } from "../api/client";
import { Back } from "../parts/Back";
import { Labels } from "../parts/Labels";
import { Trouble } from "../parts/Trouble";
import { CaseLinks } from "../player/CaseLinks";
import { derivative, isPreparing, mediaOf, remarksOf } from "../player/facts";
import { FactsPanel, SightingsPanel } from "../player/FactsPanel";
import { Looks } from "../player/Looks";
import { Player } from "../player/Player";
import { Trail } from "../player/Trail";
import { useSession } from "../session/session";
import { useWords } from "../words/language";

const LOOK_AGAIN_MS = 3_000;

export function Recording() {
  const { say } = useWords();
  const { sha256 = "" } = useParams();
  const found = useQuery({
    queryKey: ["recording", sha256],
    queryFn: () =>
      answer(api.GET("/api/recordings/{recording}", { params: { path: { recording: sha256 } } })),
    refetchInterval: (query) =>
      query.state.data && isPreparing(query.state.data) ? LOOK_AGAIN_MS : false,
  });
  if (found.error) {
    return (
      <>
        <Back to="/recordings">{say("rec_back")}</Back>
        <Trouble problem={found.error} again={() => void found.refetch()} />
      </>
    );
  }
  if (!found.data) return <Spin aria-label={say("loading")} />;
  // The key: another recording is another look.
  return <One key={sha256} recording={found.data} />;
}

function One({ recording }: { recording: Shown }) {
  const { say } = useWords();
  const { may } = useSession();
  const remarks = remarksOf(recording);
  const labels = new Set([...recording.sightings.flatMap((one) => one.labels), ...remarks.labels]);
  const name = recording.sightings[0]?.name ?? recording.recording;
  return (
    <>
      <Back to="/recordings">{say("rec_back")}</Back>
      <div className="title-line">
        <h1 className="title file">{name}</h1>
        <Labels labels={[...labels]} />
      </div>
      {recording.disposed ? <Gone gone={recording.disposed} /> : null}
      <Remarks labels={remarks.labels} remarks={remarks.remarks} />
      <div className="two">
        <div className="main-column">
          {recording.disposed ? null : <Playing recording={recording} />}
          <FactsPanel recording={recording} />
          <SightingsPanel recording={recording} />
        </div>
        <div className="side-column">
          {may("READ_CASES") ? <CaseLinks recording={recording.recording} /> : null}
          {may("READ_CUSTODY") ? <Trail recording={recording.recording} /> : null}
          {may("READ_VIEWS") ? <Looks recording={recording.recording} /> : null}
        </div>
      </div>
    </>
  );
}

function Playing({ recording }: { recording: Shown }) {
  const { say } = useWords();
  const { may } = useSession();
  return (
    <>
      {may("VIEW_RECORDING") ? (
        <Player recording={recording} />
      ) : (
        <Alert type="info" showIcon title={say("rec_no_view")} />
      )}
      <PreviewState recording={recording} />
      {may("TAKE_ORIGINAL") ? <Download recording={recording.recording} /> : null}
    </>
  );
}

/** Never silence: by which certificate it went, of which class, when it was due, and by what. */
function Gone({ gone }: { gone: NonNullable<Shown["disposed"]> }) {
  const { say, pick } = useWords();
  const facts = [pick(gone.class_words), gone.period, `${say("disposal_due_on")} ${gone.due_on}`, gone.basis];
  return <Alert type="info" showIcon title={pick(gone.words)} description={facts.join(" · ")} />;
}

function Remarks({ labels, remarks }: { labels: string[]; remarks: Remark[] }) {
  const { say, pick } = useWords();
  if (labels.length === 0) return null;
  return (
    <Alert
      type={labels.includes("DAMAGED") ? "error" : "warning"}
      showIcon
      title={labels.includes("DAMAGED") ? say("damaged_title") : <Labels labels={labels} />}
      description={
        remarks.length > 0 ? (
          <ul className="reasons">
            {remarks.map((remark) => (
              <li key={remark.words.en + (remark.detail ?? "")}>
                {pick(remark.words)}
                {remark.detail ? <ToolsWords text={remark.detail} /> : null}
              </li>
            ))}
          </ul>
        ) : undefined
      }
    />
  );
}

/** What the decoder said, in its own language, for whoever examines the recorder. */
function ToolsWords({ text }: { text: string }) {
  const { say } = useWords();
  return (
    <details className="raw">
      <summary className="small muted">{say("tools_words")}</summary>
      <pre lang="en">{text}</pre>
    </details>
  );
}

/** Why there is nothing to play, or not yet. */
function PreviewState({ recording }: { recording: Shown }) {
  const { say, pick } = useWords();
  const failed = ["PROBE", "HLS", "PICTURE"]
    .map((kind) => derivative(recording, kind))
    .find((one) => one?.state === "FAILED");
  if (failed) {
    return (
      <Alert
        type="warning"
        showIcon
        title={say("rec_preview_failed")}
        description={failed.words ? pick(failed.words) : undefined}
      />
    );
  }
  if (mediaOf(recording).look !== "nothing") return null;
  if (!isPreparing(recording)) return <Alert type="info" showIcon title={say("rec_no_preview")} />;
  const percent = recording.making?.percent ?? null;
  const words = percent === null ? say("rec_preparing") : say("rec_preparing_percent", { percent });
  return <Alert type="info" showIcon title={words} />;
}

function Download({ recording }: { recording: string }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const take = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/recordings/{recording}/original", { params: { path: { recording } } }),
      ),
    onSuccess: (view) => {
      void queries.invalidateQueries({ queryKey: ["looks", recording] });
      void queries.invalidateQueries({ queryKey: ["custody", recording] });
      const address = view.files["ORIGINAL"];
      if (!address) return;
      // The browser saves it by itself, however long that takes: nobody tells a page when it has
      // finished, so the service ends this look once it has rested.
      const link = document.createElement("a");
      link.href = address;
      link.download = recording;
      link.click();
    },
  });
  return (
    <div className="download">
      <Popconfirm
        title={say("rec_download_confirm")}
        okText={say("rec_download")}
        cancelText={say("cancel")}
        onConfirm={() => take.mutate()}
      >
        <Button icon={<DownloadOutlined aria-hidden />} loading={take.isPending}>
          {say("rec_download")}
        </Button>
      </Popconfirm>
      <span className="small muted">{say("rec_download_hint")}</span>
      {take.error ? <Trouble problem={take.error} /> : null}
    </div>
  );
}
