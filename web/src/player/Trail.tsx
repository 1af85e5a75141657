import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Spin, Tag, Timeline } from "antd";
import { ReloadOutlined } from "@ant-design/icons";
import { answer, api } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { Moment } from "../parts/time";
import { ACTORS, CLOCKS } from "../words/codes";
import { useWords } from "../words/language";

/** The custody trail, oldest first, each entry with its leaf as the log holds it. */
export function Trail({ recording }: { recording: string }) {
  const { say, pick, word } = useWords();
  const custody = useQuery({
    queryKey: ["custody", recording],
    queryFn: () =>
      answer(
        api.GET("/api/recordings/{recording}/custody", { params: { path: { recording } } }),
      ),
  });
  return (
    <section>
      <h2>
        {say("custody")}{" "}
        <Button
          type="text"
          icon={<ReloadOutlined aria-hidden />}
          aria-label={say("refresh")}
          loading={custody.isFetching}
          onClick={() => void custody.refetch()}
        />
      </h2>
      {custody.error ? <Trouble problem={custody.error} again={() => void custody.refetch()} /> : null}
      {custody.isPending ? <Spin /> : null}
      {custody.data && !custody.data.whole ? <Alert type="warning" showIcon title={say("custody_cut")} /> : null}
      {custody.data?.withheld ? <Alert type="info" showIcon title={pick(custody.data.withheld.words)} /> : null}
      <Timeline
        className="trail"
        items={(custody.data?.entries ?? []).map((entry) => ({
          key: entry.seq,
          content: (
            <div className="entry" data-act={entry.act}>
              <strong>{pick(entry.words)}</strong> {entry.actor === null ? (
                <span className="muted">{say("custody_withheld")}</span>
              ) : (
                <Actor actor={entry.actor} />
              )}{" "}
              {entry.clock === "OK" ? null : (
                <Tag color="orange">{say("custody_clock_odd", { clock: word(CLOCKS, entry.clock) })}</Tag>
              )}
              <div className="small muted">
                <Moment utc={entry.at} /> · {say("custody_entry", { seq: entry.seq })}
              </div>
              {entry.body === null ? null : <Raw act={entry.act} body={entry.body} />}
            </div>
          ),
        }))}
      />
    </section>
  );
}

/** A person by name; else what acted, which the API may follow with a name. */
function Actor({ actor }: { actor: string }) {
  const { word } = useWords();
  const [kind = "", ...name] = actor.split(" ");
  return <span>{kind in ACTORS ? [word(ACTORS, kind), ...name].join(" ") : actor}</span>;
}

function Raw({ act, body }: { act: string; body: string }) {
  const { say } = useWords();
  return (
    <details className="raw">
      <summary className="small">
        {say("custody_raw")} <code>{act}</code>
      </summary>
      <pre>{body}</pre>
    </details>
  );
}
