import { useQuery } from "@tanstack/react-query";
import { Drawer, Spin } from "antd";
import { answer, api } from "../api/client";
import type { PersonShown } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { useSession } from "../session/session";
import { useWords } from "../words/language";
import { ReviewingForm, TrainingForm } from "./PersonForms";
import { Judged, useUnitName } from "./words";

/** All that is on record of somebody. */
export function PersonDrawer({ person, on, onClose }: { person: PersonShown; on: string | null; onClose: () => void }) {
  const { say, pick } = useWords();
  const { may } = useSession();
  const nameOf = useUnitName();
  const found = useQuery({
    queryKey: ["persons", "one", person.person, on],
    queryFn: () =>
      answer(
        api.GET("/api/persons/{person}", { params: { path: { person: person.person }, query: { on } } }),
      ),
  });
  const detail = found.data;
  return (
    <Drawer
      open
      size="min(100vw, 40rem)"
      title={say("staff_detail", { name: person.name ?? say("users_erased") })}
      closable={{ "aria-label": say("close") }}
      onClose={onClose}
    >
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      {found.isPending ? <Spin aria-label={say("loading")} /> : null}
      {detail ? (
        <>
          <div className="verdict">
            <Judged
              good={detail.shown.may_enforce}
              words={say(detail.shown.may_enforce ? "staff_may" : "staff_may_not")}
              reasons={[...detail.shown.reasons, ...detail.shown.flags]}
            />
          </div>
          {may("MANAGE_STAFF") ? (
            <div className="actions">
              <TrainingForm person={person.person} />
              <ReviewingForm person={person.person} unit={person.unit} />
            </div>
          ) : null}
          <h2>{say("staff_postings")}</h2>
          <ul className="reasons">
            {detail.postings.map((one) => (
              <li key={`${one.from_day}/${one.unit}/${one.status.code}`}>
                {one.from_day} · {nameOf(one.unit)} · {pick(one.kind.words)} · {pick(one.status.words)} ·{" "}
                {say(one.on_establishment ? "staff_established" : "staff_not_established")} ·{" "}
                {say(one.on_post ? "staff_on_post" : "staff_off_post")}
              </li>
            ))}
          </ul>
          {detail.elsewhere > 0 ? <p className="muted">{say("staff_elsewhere", { count: detail.elsewhere })}</p> : null}
          <h2>{say("staff_certificates")}</h2>
          {detail.certificates.length === 0 ? <p className="muted">{say("staff_no_certificate")}</p> : null}
          <ul className="reasons">
            {detail.certificates.map((one) => (
              <li key={one.certificate}>
                {one.kind} {one.number ?? say("users_erased")} · {one.issuer} ·{" "}
                {say("staff_valid", { from: one.valid_from, to: one.valid_to })}
                {one.events.map((event) => (
                  <div key={`${event.event.code}/${event.day}`} className="small">
                    {event.day} {pick(event.event.words)}
                  </div>
                ))}
              </li>
            ))}
          </ul>
          <h2>{say("staff_undertakings")}</h2>
          <p>{detail.undertakings.join("、") || say("none")}</p>
        </>
      ) : null}
    </Drawer>
  );
}
