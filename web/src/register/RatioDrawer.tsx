import { useQuery } from "@tanstack/react-query";
import { Drawer, Spin, Table, Tabs } from "antd";
import { answer, api } from "../api/client";
import type { DeviceCounted, PersonCounted, RatioDetail, RatioLine } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { useSession } from "../session/session";
import { useWords } from "../words/language";
import { Forecast, History } from "./RatioTimes";
import { WaiverForm } from "./UnitForms";
import { Judged, Reasons, useUnitName, Verdict } from "./words";

/** Everybody and everything that one line rests on, and the clause. */
export function RatioDrawer({ line, on, onClose }: { line: RatioLine; on: string | null; onClose: () => void }) {
  const { say } = useWords();
  const unit = line.unit.id;
  const detail = useQuery({
    queryKey: ["ratio", "detail", unit, on],
    queryFn: () => answer(api.GET("/api/ratio/{unit}", { params: { path: { unit }, query: { on } } })),
  });
  return (
    <Drawer
      open
      size="min(100vw, 60rem)"
      title={say("ratio_detail", { unit: line.unit.name })}
      closable={{ "aria-label": say("close") }}
      onClose={onClose}
    >
      {detail.error ? <Trouble problem={detail.error} again={() => void detail.refetch()} /> : null}
      {detail.data ? (
        <Detail detail={detail.data} />
      ) : detail.error ? null : (
        <Spin aria-label={say("loading")} />
      )}
    </Drawer>
  );
}

function Detail({ detail }: { detail: RatioDetail }) {
  const { say } = useWords();
  const unit = detail.line.unit.id;
  const people = detail.people.filter((one) => one.counted).length;
  const devices = detail.devices.filter((one) => one.counted).length;
  return (
    <>
      <div className="verdict">
        <Verdict ratio={detail.line.ratio} />
      </div>
      <Rule detail={detail} />
      <Waivers detail={detail} />
      <Tabs
        items={[
          {
            key: "people",
            label: say("ratio_people_title", { counted: people, all: detail.people.length }),
            children: <People people={detail.people} />,
          },
          {
            key: "devices",
            label: say("ratio_devices_title", { counted: devices, all: detail.devices.length }),
            children: <Devices devices={detail.devices} />,
          },
          { key: "history", label: say("ratio_history"), children: <History unit={unit} last={detail.day} /> },
          { key: "forecast", label: say("ratio_forecast"), children: <Forecast unit={unit} /> },
        ]}
      />
    </>
  );
}

function Waivers({ detail }: { detail: RatioDetail }) {
  const { say } = useWords();
  const { may } = useSession();
  const asking = detail.line.is_body && may("MANAGE_DEVICES");
  if (!asking && detail.waivers.length === 0) return null;
  return (
    <section>
      <div className="title-line">
        <h2>{say("waiver_title")}</h2>
        {asking ? <WaiverForm unit={detail.line.unit.id} /> : null}
      </div>
      <ul className="reasons">
        {detail.waivers.map((one) => (
          <li key={`${one.first}/${one.last}/${one.reason}`}>
            {say("waiver_of", {
              first: one.first,
              last: one.last,
              reason: one.reason ?? say("users_erased"),
              approver: one.approver ?? say("users_erased"),
            })}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Rule({ detail }: { detail: RatioDetail }) {
  const { say, pick } = useWords();
  const { rule, line } = detail;
  return (
    <section className="rule">
      <p>
        {say("ratio_both", {
          rounding: pick(rule.rounding.words),
          required: line.ratio.required,
          floor: line.ratio.required_by_floor,
          present: line.ratio.present,
        })}
      </p>
      <h2>{say("ratio_rule")}</h2>
      <p>
        {say("ratio_rule_said", {
          numerator: rule.numerator,
          denominator: rule.denominator,
          headcount: pick(rule.headcount.words),
          rounding: pick(rule.rounding.words),
          below: rule.minimum_below,
          minimum: rule.minimum,
        })}
      </p>
      {rule.clauses.map((clause) => (
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

function People({ people }: { people: PersonCounted[] }) {
  const { say, pick } = useWords();
  return (
    <Table<PersonCounted>
      rowKey="person"
      size="small"
      dataSource={people}
      pagination={people.length > 50 ? { pageSize: 50 } : false}
      scroll={{ x: "max-content" }}
      locale={{ emptyText: say("ratio_nobody") }}
      columns={[
        {
          title: say("ratio_person"),
          key: "person",
          render: (_, one) => (
            <>
              {one.name ?? say("users_erased")} <span className="muted">{one.officer_number}</span>
            </>
          ),
        },
        { title: say("ratio_kind"), key: "kind", render: (_, one) => pick(one.kind.words) },
        {
          title: say("ratio_status"),
          key: "counted",
          render: (_, one) => (
            <Judged
              good={one.counted}
              words={say(one.counted ? "ratio_counted" : "ratio_not_counted")}
              reasons={[...one.reasons, ...one.flags]}
            />
          ),
        },
      ]}
    />
  );
}

function Devices({ devices }: { devices: DeviceCounted[] }) {
  const { say, pick } = useWords();
  const nameOf = useUnitName();
  return (
    <Table<DeviceCounted>
      rowKey="device"
      size="small"
      dataSource={devices}
      pagination={devices.length > 50 ? { pageSize: 50 } : false}
      scroll={{ x: "max-content" }}
      locale={{ emptyText: say("ratio_no_device") }}
      columns={[
        { title: say("ratio_device"), key: "device", render: (_, one) => one.device },
        { title: say("ratio_kind"), key: "kind", render: (_, one) => pick(one.kind.words) },
        {
          title: say("ratio_status"),
          key: "counted",
          render: (_, one) => (
            <>
              <span className={`status ${one.counted ? "good" : "bad"}`}>
                {say(one.counted ? "ratio_counted" : "ratio_not_counted")}
              </span>{" "}
              {one.part ? <span className="small">{pick(one.part.words)}</span> : null}
              <Reasons reasons={one.reasons} />
              {one.lent_to ? (
                <div className="small">{say("ratio_lent_to", { unit: nameOf(one.lent_to) })}</div>
              ) : null}
            </>
          ),
        },
      ]}
    />
  );
}
