import { span } from "../parts/time";
import { useWords } from "../words/language";
import type { Sheet } from "./facts";

interface Props {
  sheet: Sheet;
  address: string;
  at: number;
  onSeek: (seconds: number) => void;
}

/** The contact sheet, cut into stills by the style only: one picture is fetched. */
export function Stills({ sheet, address, at, onSeek }: Props) {
  const { say } = useWords();
  const last = sheet.seconds.reduce((found, second, place) => (second <= at + 0.05 ? place : found), 0);
  return (
    <section aria-label={say("rec_sheet")}>
      <p className="small muted">{say("rec_sheet")}</p>
      <ol className="stills">
        {sheet.seconds.map((second, place) => (
          <li key={place}>
            <button
              type="button"
              className="still"
              aria-label={say("rec_still_at", { time: span(second) })}
              aria-current={place === last}
              onClick={() => onSeek(second)}
            >
              <span
                className="still-picture"
                style={{
                  width: sheet.width,
                  height: sheet.height,
                  backgroundImage: `url("${address}")`,
                  backgroundPosition: `-${(place % sheet.columns) * sheet.width}px -${Math.floor(place / sheet.columns) * sheet.height}px`,
                }}
              />
              <span className="still-time">{span(second)}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
