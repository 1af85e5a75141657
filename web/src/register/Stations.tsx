import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, InputNumber, Modal, Select, Table } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { StationShown } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { Moment } from "../parts/time";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";
import { useUnitName } from "./words";

interface NewStation {
  station: string;
  unit: string;
  slots: number;
}

/** The docking stations, and how far their clocks were off when somebody looked. */
export function Stations() {
  const { say } = useWords();
  const { may } = useSession();
  const nameOf = useUnitName();
  const [adding, setAdding] = useState(false);
  const [measuring, setMeasuring] = useState<string | null>(null);
  const found = useQuery({ queryKey: ["places", "stations"], queryFn: () => answer(api.GET("/api/stations")) });
  const managing = may("MANAGE_DEVICES");
  return (
    <section>
      <div className="title-line">
        <h2>{say("stations_title")}</h2>
        {managing ? <Button onClick={() => setAdding(true)}>{say("stations_add")}</Button> : null}
      </div>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      <Table<StationShown>
        rowKey="station"
        size="middle"
        loading={found.isPending}
        dataSource={found.data?.stations ?? []}
        pagination={false}
        scroll={{ x: "max-content" }}
        locale={{ emptyText: say("stations_none") }}
        columns={[
          { title: say("stations_code"), key: "station", render: (_, one) => one.station },
          { title: say("users_unit"), key: "unit", render: (_, one) => nameOf(one.unit) },
          { title: say("stations_slots"), key: "slots", align: "right", render: (_, one) => one.slots },
          { title: say("stations_clock"), key: "clock", render: (_, one) => <Clock station={one} /> },
          ...(managing
            ? [
                {
                  title: say("users_actions"),
                  key: "actions",
                  render: (_: unknown, one: StationShown) => (
                    <Button size="small" onClick={() => setMeasuring(one.station)}>
                      {say("stations_measure")}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      {adding ? <AddStation onClose={() => setAdding(false)} /> : null}
      {measuring ? <Measure station={measuring} onClose={() => setMeasuring(null)} /> : null}
    </section>
  );
}

function Clock({ station }: { station: StationShown }) {
  const { say } = useWords();
  if (station.trusted === null || station.offset_ms === null) {
    return <span className="status plain-status">{say("stations_unmeasured")}</span>;
  }
  return (
    <>
      <span className={`status ${station.trusted ? "good" : "bad"}`}>
        {say("stations_offset", { ms: station.offset_ms })}
      </span>
      {station.measured_at ? (
        <div className="small">
          <Moment utc={station.measured_at} zone={false} />
        </div>
      ) : null}
    </>
  );
}

function AddStation({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const [form] = Form.useForm<NewStation>();
  const units = useQuery({ queryKey: ["units"], queryFn: () => answer(api.GET("/api/units")) });
  const add = useDoing((body: NewStation) => answer(api.POST("/api/stations", { body })), onClose);
  const rules = [{ required: true, message: say("required") }];
  return (
    <Modal
      open
      title={say("stations_add")}
      okText={say("stations_add")}
      cancelText={say("cancel")}
      confirmLoading={add.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form<NewStation>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ slots: 8 }}
        onFinish={(given) => add.mutate(given)}
      >
        <Form.Item name="station" label={say("stations_code")} rules={rules}>
          <Input maxLength={64} autoFocus />
        </Form.Item>
        <Form.Item name="unit" label={say("users_unit")} rules={rules}>
          <Select
            showSearch={{ optionFilterProp: "label" }}
            options={(units.data?.units ?? []).map((unit) => ({ value: unit.id, label: unit.name }))}
          />
        </Form.Item>
        <Form.Item name="slots" label={say("stations_slots")} rules={rules}>
          <InputNumber min={1} max={999} precision={0} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function Measure({ station, onClose }: { station: string; onClose: () => void }) {
  const { say } = useWords();
  const [form] = Form.useForm<{ offset_ms: number }>();
  const send = useDoing(
    (body: { offset_ms: number }) =>
      answer(api.POST("/api/stations/{station}/clock", { params: { path: { station } }, body })),
    onClose,
  );
  return (
    <Modal
      open
      title={say("stations_measure")}
      okText={say("save")}
      cancelText={say("cancel")}
      confirmLoading={send.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <p className="muted">{say("stations_measure_hint")}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(given) => send.mutate(given)}>
        <Form.Item
          name="offset_ms"
          label={say("stations_offset_ms")}
          rules={[{ required: true, message: say("required") }]}
        >
          <InputNumber precision={0} autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  );
}
