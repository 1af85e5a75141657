import { useQueryClient } from "@tanstack/react-query";
import { Alert, Badge, Empty, Spin } from "antd";
import { useCallback } from "react";
import { Copies } from "../docks/Copies";
import { useBoard } from "../docks/live";
import { Tile } from "../docks/Tile";
import { beijingClock } from "../parts/time";
import { ME } from "../session/session";
import { useWords } from "../words/language";

export function Docks() {
  const { say } = useWords();
  const queries = useQueryClient();
  const askWhoIAm = useCallback(() => void queries.invalidateQueries({ queryKey: ME }), [queries]);
  const board = useBoard(askWhoIAm);
  const docks = board.docks ?? [];
  const free = docks.filter((dock) => dock.may_leave).length;
  const begun = board.docks !== null;
  const status = board.live ? "docks_live" : begun ? "docks_lost" : "docks_connecting";
  return (
    <>
      <div className="title-line">
        <h1 className="title">{say("docks_title")}</h1>
        <span role="status" className="live-mark" data-live={board.live}>
          <Badge status={board.live ? "success" : "error"} text={say(status)} />
        </span>
        {board.live && docks.length > 0 ? (
          <span className="muted">{say("docks_summary", { all: docks.length, free })}</span>
        ) : null}
      </div>
      {begun && !board.live ? (
        <Alert
          type="error"
          showIcon
          banner
          role="alert"
          title={say("docks_lost")}
          description={say("docks_lost_long", {
            time: board.heardAt ? `${say("zone")} ${beijingClock(board.heardAt)}` : say("unknown"),
          })}
        />
      ) : null}
      {!begun ? <Spin /> : null}
      {begun && docks.length === 0 ? (
        <Empty description={say("docks_none")}>
          {board.live ? <p className="muted">{say("docks_none_hint")}</p> : null}
        </Empty>
      ) : null}
      <section className="tiles" aria-label={say("docks_title")}>
        {docks.map((dock) => (
          <Tile key={dock.key} dock={dock} live={board.live} />
        ))}
      </section>
      <Copies />
    </>
  );
}
