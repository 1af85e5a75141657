import { useEffect, useState } from "react";
import { useSession } from "../session/session";
import { useWords } from "../words/language";

const TICK = 30_000;

/** Whose look it is and when, upon the picture: a photograph of the screen tells who had it open. */
export function Mark() {
  const { say } = useWords();
  const { me } = useSession();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const ticking = window.setInterval(() => setNow(new Date()), TICK);
    return () => window.clearInterval(ticking);
  }, []);
  const time = now.toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" }).slice(0, 16);
  const words = say("access_mark", { name: me.name ?? me.login ?? me.account, time });
  return (
    <div className="mark" aria-hidden>
      {["a", "b", "c"].map((place) => (
        <span key={place}>{words}</span>
      ))}
    </div>
  );
}
