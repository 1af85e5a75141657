import { Link } from "react-router";
import { useWords } from "../words/language";

export function NotFound() {
  const { say } = useWords();
  return (
    <>
      <h1 className="title">{say("no_such_page")}</h1>
      <Link to="/">{say("go_home")}</Link>
    </>
  );
}
