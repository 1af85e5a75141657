import { useQuery } from "@tanstack/react-query";
import { Button, Modal, Typography } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { Unit } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { useSession } from "../session/session";
import { Accounts } from "../users/Accounts";
import { AddPerson, AddUnit } from "../users/Add";
import type { Code } from "../users/Add";
import { Logins } from "../users/Logins";
import { useWords } from "../words/language";

export function Users() {
  const { say } = useWords();
  const { may } = useSession();
  const [adding, setAdding] = useState<"person" | "unit" | null>(null);
  const [code, setCode] = useState<Code | null>(null);
  const users = useQuery({ queryKey: ["users"], queryFn: () => answer(api.GET("/api/users")) });
  const known = useQuery({ queryKey: ["units"], queryFn: () => answer(api.GET("/api/units")) });
  const units = known.data?.units ?? [];
  const managing = may("MANAGE_USERS");
  const problem = users.error ?? known.error;
  return (
    <>
      <div className="title-line">
        <h1 className="title">{say("users_title")}</h1>
        {managing ? (
          <Button type="primary" onClick={() => setAdding("person")}>
            {say("users_add")}
          </Button>
        ) : null}
      </div>
      {problem ? <Trouble problem={problem} again={() => void Promise.all([users.refetch(), known.refetch()])} /> : null}
      <Accounts
        accounts={users.data?.accounts ?? []}
        units={units}
        loading={users.isPending}
        managing={managing}
        onCode={setCode}
      />
      <Units units={units} {...(managing ? { onAdd: () => setAdding("unit") } : {})} />
      {may("MANAGE_SESSIONS") ? <Logins /> : null}
      {adding === "person" ? (
        <AddPerson
          units={units}
          onClose={() => setAdding(null)}
          onDone={(made) => {
            setAdding(null);
            setCode(made);
          }}
        />
      ) : null}
      {adding === "unit" ? <AddUnit units={units} onClose={() => setAdding(null)} /> : null}
      {code ? <ShownOnce code={code} onClose={() => setCode(null)} /> : null}
    </>
  );
}

function Units({ units, onAdd }: { units: Unit[]; onAdd?: () => void }) {
  const { say } = useWords();
  const known = new Set(units.map((unit) => unit.id));
  const tops = units.filter((unit) => unit.parent === null || !known.has(unit.parent));
  return (
    <section>
      <div className="title-line">
        <h2>{say("units_title")}</h2>
        {onAdd ? (
          <Button size="small" onClick={onAdd}>
            {say("units_add")}
          </Button>
        ) : null}
      </div>
      <ul className="plain">
        {tops.map((unit) => (
          <Below key={unit.id} unit={unit} units={units} />
        ))}
      </ul>
    </section>
  );
}

/** A unit, and within it those that stand below it. */
function Below({ unit, units }: { unit: Unit; units: Unit[] }) {
  const below = units.filter((other) => other.parent === unit.id);
  return (
    <li>
      {unit.name}
      {below.length > 0 ? (
        <ul className="units">
          {below.map((other) => (
            <Below key={other.id} unit={other} units={units} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

/** A code is kept nowhere on this page: once closed it is gone, as the service says. */
function ShownOnce({ code, onClose }: { code: Code; onClose: () => void }) {
  const { say } = useWords();
  return (
    <Modal
      open
      title={say("users_code_title")}
      onCancel={onClose}
      mask={{ closable: false }}
      footer={
        <Button type="primary" onClick={onClose}>
          {say("close")}
        </Button>
      }
    >
      <p>{say("users_code_for", { name: code.name })}</p>
      <Typography.Paragraph
        className="one-time"
        copyable={{ text: code.code, tooltips: [say("copy"), say("copied")] }}
      >
        {code.code}
      </Typography.Paragraph>
      <p className="muted">{say("users_code_hint", { name: code.name })}</p>
    </Modal>
  );
}
