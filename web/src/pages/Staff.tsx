import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Empty, Input, Table } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { PersonShown } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { CleanUp } from "../register/CleanUp";
import { DueList } from "../register/DueList";
import { Imports } from "../register/Imports";
import { PersonDrawer } from "../register/PersonDrawer";
import { RosterImport } from "../register/RosterImport";
import { beijingDay, Judged, useUnitName } from "../register/words";
import { useSession } from "../session/session";
import { useWords } from "../words/language";

export function Staff() {
  const { say } = useWords();
  const { may } = useSession();
  const [on, setOn] = useState<string | null>(null);
  // Kept on this page alone: a name never stands in an address.
  const [wanted, setWanted] = useState("");
  const [open, setOpen] = useState<PersonShown | null>(null);
  const [importing, setImporting] = useState(false);
  const staff = useQuery({
    queryKey: ["persons", on],
    queryFn: () => answer(api.GET("/api/persons", { params: { query: { on } } })),
  });
  const shown = on ?? staff.data?.day;
  const rows = (staff.data?.persons ?? []).filter((one) =>
    [one.name, one.officer_number].some((text) => text?.includes(wanted.trim())),
  );
  return (
    <>
      <div className="title-line">
        <h1 className="title">{say("staff_title")}</h1>
        {may("MANAGE_STAFF") ? (
          <Button type="primary" onClick={() => setImporting(true)}>
            {say("staff_import")}
          </Button>
        ) : null}
        <DatePicker
          aria-label={say("ratio_day")}
          value={shown ? dayjs(shown) : null}
          placeholder={say("ratio_day")}
          allowClear={on !== null}
          maxDate={dayjs(beijingDay(new Date()))}
          onChange={(day) => setOn(day ? day.format("YYYY-MM-DD") : null)}
        />
        <Input
          className="filter-value"
          aria-label={say("staff_find")}
          placeholder={say("staff_find")}
          value={wanted}
          allowClear
          onChange={(event) => setWanted(event.target.value)}
        />
      </div>
      {staff.error ? <Trouble problem={staff.error} again={() => void staff.refetch()} /> : null}
      <People rows={rows} loading={staff.isPending} onOpen={setOpen} />
      <DueList on={on} />
      <CleanUp managing={may("MANAGE_STAFF")} />
      <Imports managing={may("MANAGE_STAFF")} />
      {open ? <PersonDrawer person={open} on={on} onClose={() => setOpen(null)} /> : null}
      {importing ? <RosterImport onClose={() => setImporting(false)} /> : null}
    </>
  );
}

interface PeopleProps {
  rows: PersonShown[];
  loading: boolean;
  onOpen: (person: PersonShown) => void;
}

function People({ rows, loading, onOpen }: PeopleProps) {
  const { say, pick } = useWords();
  const nameOf = useUnitName();
  return (
    <Table<PersonShown>
      rowKey="person"
      size="middle"
      loading={loading}
      dataSource={rows}
      pagination={rows.length > 50 ? { pageSize: 50 } : false}
      scroll={{ x: "max-content" }}
      locale={{ emptyText: <Empty description={say("staff_none")} /> }}
      columns={[
        {
          title: say("users_name"),
          key: "name",
          render: (_, one) => {
            const name = one.name ?? say("users_erased");
            return (
              <>
                <Button
                  type="link"
                  className="only"
                  aria-label={say("staff_open", { name })}
                  onClick={() => onOpen(one)}
                >
                  {name}
                </Button>
                <div className="muted small">{one.officer_number}</div>
              </>
            );
          },
        },
        {
          title: say("staff_verdict"),
          key: "verdict",
          render: (_, one) => (
            <Judged
              good={one.may_enforce}
              words={say(one.may_enforce ? "staff_may" : "staff_may_not")}
              reasons={[...one.reasons, ...one.flags]}
            />
          ),
        },
        { title: say("ratio_unit"), key: "unit", render: (_, one) => nameOf(one.unit) },
        { title: say("ratio_kind"), key: "kind", render: (_, one) => pick(one.kind.words) },
      ]}
    />
  );
}
