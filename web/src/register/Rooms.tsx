import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Modal, Popconfirm, Select, Table } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { PlaceKind, PlaceShown } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { beijing } from "../parts/time";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { PLACES } from "../words/codes";
import { useWords } from "../words/language";
import { useUnitName } from "./words";

/** The rooms where cases are handled, and whether what is fitted in them works. */
export function Rooms() {
  const { say, pick } = useWords();
  const { may } = useSession();
  const nameOf = useUnitName();
  const [adding, setAdding] = useState(false);
  const [fitting, setFitting] = useState<PlaceShown | null>(null);
  const rooms = useQuery({ queryKey: ["places"], queryFn: () => answer(api.GET("/api/places")) });
  const managing = may("MANAGE_DEVICES");
  return (
    <section>
      <div className="title-line">
        <h2>{say("rooms_title")}</h2>
        {managing ? <Button onClick={() => setAdding(true)}>{say("rooms_add")}</Button> : null}
      </div>
      <p className="muted">{say("rooms_hint")}</p>
      {rooms.error ? <Trouble problem={rooms.error} again={() => void rooms.refetch()} /> : null}
      <Table<PlaceShown>
        rowKey="place"
        size="middle"
        loading={rooms.isPending}
        dataSource={rooms.data?.places ?? []}
        pagination={false}
        scroll={{ x: "max-content" }}
        locale={{ emptyText: say("rooms_none") }}
        columns={[
          {
            title: say("rooms_name"),
            key: "name",
            render: (_, one) => (
              <>
                {one.name}
                <div className="muted small">
                  {pick(one.kind.words)} · {nameOf(one.unit)}
                </div>
              </>
            ),
          },
          { title: say("ratio_status"), key: "status", render: (_, one) => <Watched room={one} /> },
          {
            title: say("rooms_fitted"),
            key: "devices",
            render: (_, one) => <Fitted room={one} managing={managing} />,
          },
          ...(managing
            ? [
                {
                  title: say("users_actions"),
                  key: "actions",
                  render: (_: unknown, one: PlaceShown) => <RoomActions room={one} onFit={() => setFitting(one)} />,
                },
              ]
            : []),
        ]}
      />
      {adding ? <AddRoom onClose={() => setAdding(false)} /> : null}
      {fitting ? <Fit room={fitting} onClose={() => setFitting(null)} /> : null}
    </section>
  );
}

function Watched({ room }: { room: PlaceShown }) {
  const { say } = useWords();
  if (room.unwatched_since === null) return <span className="status good">{say("rooms_works")}</span>;
  return (
    <>
      <span className="status bad">{say("rooms_without")}</span>
      <div className="small">{say("rooms_since", { time: beijing(room.unwatched_since) })}</div>
    </>
  );
}

function Fitted({ room, managing }: { room: PlaceShown; managing: boolean }) {
  const { say, pick } = useWords();
  const unfit = useDoing((device: string) =>
    answer(api.POST("/api/devices/{device}/place", { params: { path: { device } }, body: { place: null } })),
  );
  return (
    <ul className="reasons">
      {room.devices.map((one) => (
        <li key={one.device}>
          {one.device} · {pick(one.condition.words)}{" "}
          {managing ? (
            <Popconfirm
              title={say("rooms_unfit_ask", { device: one.device })}
              okText={say("rooms_unfit")}
              cancelText={say("cancel")}
              onConfirm={() => unfit.mutate(one.device)}
            >
              <Button size="small" type="link">
                {say("rooms_unfit")}
              </Button>
            </Popconfirm>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function RoomActions({ room, onFit }: { room: PlaceShown; onFit: () => void }) {
  const { say } = useWords();
  const close = useDoing(() =>
    answer(api.POST("/api/places/{place}/close", { params: { path: { place: room.place } }, body: {} })),
  );
  return (
    <div className="actions">
      <Button size="small" onClick={onFit}>
        {say("rooms_fit")}
      </Button>
      <Popconfirm
        title={say("rooms_close_ask", { place: room.name })}
        okText={say("rooms_close")}
        cancelText={say("cancel")}
        onConfirm={() => close.mutate(undefined)}
      >
        <Button size="small" loading={close.isPending}>
          {say("rooms_close")}
        </Button>
      </Popconfirm>
    </div>
  );
}

interface NewRoom {
  name: string;
  unit: string;
  kind: PlaceKind;
  signage?: string;
}

function AddRoom({ onClose }: { onClose: () => void }) {
  const { say, word } = useWords();
  const [form] = Form.useForm<NewRoom>();
  const units = useQuery({ queryKey: ["units"], queryFn: () => answer(api.GET("/api/units")) });
  const add = useDoing(
    ({ signage, ...given }: NewRoom) =>
      answer(
        api.POST("/api/places", {
          body: { ...given, rights_bearing: true, signage: signage?.trim() ? signage.trim() : null },
        }),
      ),
    onClose,
  );
  const rules = [{ required: true, message: say("required") }];
  return (
    <Modal
      open
      title={say("rooms_add")}
      okText={say("save")}
      cancelText={say("cancel")}
      confirmLoading={add.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form<NewRoom>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: "INQUIRY_ROOM" }}
        onFinish={(given) => add.mutate(given)}
      >
        <Form.Item name="name" label={say("rooms_name")} rules={rules}>
          <Input autoFocus maxLength={64} autoComplete="off" />
        </Form.Item>
        <Form.Item name="unit" label={say("ratio_unit")} rules={rules}>
          <Select options={(units.data?.units ?? []).map((one) => ({ value: one.id, label: one.name }))} />
        </Form.Item>
        <Form.Item name="kind" label={say("rooms_kind")} rules={rules}>
          <Select options={Object.keys(PLACES).map((code) => ({ value: code, label: word(PLACES, code) }))} />
        </Form.Item>
        <Form.Item name="signage" label={say("rooms_signage")}>
          <Input maxLength={64} autoComplete="off" />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function Fit({ room, onClose }: { room: PlaceShown; onClose: () => void }) {
  const { say, pick } = useWords();
  const [form] = Form.useForm<{ device: string }>();
  const devices = useQuery({ queryKey: ["devices"], queryFn: () => answer(api.GET("/api/devices")) });
  const fit = useDoing(
    ({ device }: { device: string }) =>
      answer(
        api.POST("/api/devices/{device}/place", {
          params: { path: { device } },
          body: { place: room.place },
        }),
      ),
    onClose,
  );
  const options = (devices.data?.devices ?? []).map((one) => ({
    value: one.device,
    label: `${one.device} ${pick(one.kind.words)}`,
  }));
  return (
    <Modal
      open
      title={say("rooms_fit_in", { place: room.name })}
      okText={say("save")}
      cancelText={say("cancel")}
      confirmLoading={fit.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(given) => fit.mutate(given)}>
        <Form.Item
          name="device"
          label={say("ratio_device")}
          rules={[{ required: true, message: say("required") }]}
        >
          <Select showSearch={{ optionFilterProp: "label" }} options={options} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
