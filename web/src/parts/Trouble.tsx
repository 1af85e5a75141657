import { Alert, Button } from "antd";
import { ApiProblem } from "../api/client";
import { useWords } from "../words/language";

/** What went wrong as a sentence in the language of the page. */
export function useTroubleWords(): (problem: unknown) => string {
  const { pick, say } = useWords();
  return (problem) => {
    if (problem instanceof ApiProblem) {
      return problem.status === 0 ? say("unreachable") : pick(problem);
    }
    return String(problem);
  };
}

export function Trouble({ problem, again }: { problem: unknown; again?: () => void }) {
  const { say } = useWords();
  const words = useTroubleWords();
  const action = again ? <Button onClick={again}>{say("retry")}</Button> : undefined;
  return <Alert type="error" showIcon role="alert" title={words(problem)} action={action} />;
}
