import { useQuery } from "@tanstack/react-query";
import { Button, Empty, Popconfirm, Segmented, Table } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { DeviceShown } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { Moment } from "../parts/time";
import { CheckOut, ChangeCondition, NoteTest } from "../register/DeviceDialogs";
import { DEVICE_LIST, ImportButton } from "../register/FileImport";
import { Holder, HoldersDrawer } from "../register/Holders";
import { Rooms } from "../register/Rooms";
import { Stations } from "../register/Stations";
import { Reasons, useUnitName } from "../register/words";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";

type Only = "all" | "out" | "overdue";
type Doing = { what: "out" | "test" | "condition" | "holders"; device: string } | null;

export function Devices() {
  const { say } = useWords();
  const { may } = useSession();
  const [only, setOnly] = useState<Only>("all");
  const [doing, setDoing] = useState<Doing>(null);
  const devices = useQuery({ queryKey: ["devices"], queryFn: () => answer(api.GET("/api/devices")) });
  const rows = (devices.data?.devices ?? []).filter(
    (one) => only === "all" || (only === "out" ? one.holder !== null : one.holder?.overdue === true),
  );
  const close = () => setDoing(null);
  return (
    <>
      <div className="title-line">
        <h1 className="title">{say("devices_title")}</h1>
        <Segmented<Only>
          aria-label={say("list_filter")}
          value={only}
          onChange={setOnly}
          options={[
            { value: "all", label: say("devices_all") },
            { value: "out", label: say("devices_only_out") },
            { value: "overdue", label: say("devices_only_overdue") },
          ]}
        />
        {may("MANAGE_DEVICES") ? <ImportButton how={DEVICE_LIST} /> : null}
      </div>
      <p className="muted">{say("devices_hint")}</p>
      {devices.error ? <Trouble problem={devices.error} again={() => void devices.refetch()} /> : null}
      <Board rows={rows} loading={devices.isPending} onDoing={setDoing} />
      <Rooms />
      <Stations />
      {doing?.what === "out" ? <CheckOut device={doing.device} onClose={close} /> : null}
      {doing?.what === "test" ? <NoteTest device={doing.device} onClose={close} /> : null}
      {doing?.what === "condition" ? <ChangeCondition device={doing.device} onClose={close} /> : null}
      {doing?.what === "holders" ? <HoldersDrawer device={doing.device} onClose={close} /> : null}
    </>
  );
}

interface BoardProps {
  rows: DeviceShown[];
  loading: boolean;
  onDoing: (doing: Doing) => void;
}

function Board({ rows, loading, onDoing }: BoardProps) {
  const { say, pick } = useWords();
  const nameOf = useUnitName();
  return (
    <Table<DeviceShown>
      rowKey="device"
      size="middle"
      loading={loading}
      dataSource={rows}
      pagination={rows.length > 50 ? { pageSize: 50 } : false}
      scroll={{ x: "max-content" }}
      locale={{ emptyText: <Empty description={say("devices_none")} /> }}
      columns={[
        {
          title: say("devices_number"),
          key: "device",
          render: (_, one) => (
            <>
              <strong>{one.device}</strong>
              <div className="muted small">{pick(one.kind.words)}</div>
            </>
          ),
        },
        { title: say("devices_holder"), key: "holder", render: (_, one) => <Holder held={one.holder} /> },
        {
          title: say("users_actions"),
          key: "actions",
          render: (_, one) => <Actions device={one} onDoing={onDoing} />,
        },
        {
          title: say("ratio_unit"),
          key: "unit",
          render: (_, one) => (
            <>
              {nameOf(one.unit)}
              {one.lent_to ? (
                <div className="small">{say("ratio_lent_to", { unit: nameOf(one.lent_to) })}</div>
              ) : null}
            </>
          ),
        },
        {
          title: say("devices_condition"),
          key: "condition",
          render: (_, one) => (
            <>
              {pick(one.condition.words)}
              <Reasons reasons={one.reasons} />
            </>
          ),
        },
        { title: say("devices_test"), key: "test", render: (_, one) => <Test device={one} /> },
      ]}
    />
  );
}

function Test({ device }: { device: DeviceShown }) {
  const { say } = useWords();
  if (device.tested_at === null) return <>{say("devices_test_never")}</>;
  return (
    <>
      {say(device.test_passed ? "devices_test_passed" : "devices_test_failed")}
      <div className="small">
        <Moment utc={device.tested_at} zone={false} />
      </div>
    </>
  );
}

function Actions({ device, onDoing }: { device: DeviceShown; onDoing: (doing: Doing) => void }) {
  const { say } = useWords();
  const { may } = useSession();
  const number = device.device;
  const back = useDoing(() =>
    answer(api.POST("/api/devices/{device}/check-in", { params: { path: { device: number } }, body: {} })),
  );
  return (
    <div className="actions">
      {may("HAND_OUT_DEVICES") && device.holder === null ? (
        <Button size="small" onClick={() => onDoing({ what: "out", device: number })}>
          {say("devices_out")}
        </Button>
      ) : null}
      {may("HAND_OUT_DEVICES") && device.holder !== null ? (
        <Popconfirm
          title={say("devices_back_ask", { device: number })}
          okText={say("devices_back")}
          cancelText={say("cancel")}
          onConfirm={() => back.mutate(undefined)}
        >
          <Button size="small" loading={back.isPending}>
            {say("devices_back")}
          </Button>
        </Popconfirm>
      ) : null}
      {may("HAND_OUT_DEVICES") ? (
        <Button size="small" onClick={() => onDoing({ what: "test", device: number })}>
          {say("devices_note_test")}
        </Button>
      ) : null}
      {may("MANAGE_DEVICES") ? (
        <Button size="small" onClick={() => onDoing({ what: "condition", device: number })}>
          {say("devices_set_condition")}
        </Button>
      ) : null}
      <Button size="small" onClick={() => onDoing({ what: "holders", device: number })}>
        {say("devices_history")}
      </Button>
    </div>
  );
}
