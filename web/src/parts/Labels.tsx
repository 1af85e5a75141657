import { Tag } from "antd";
import { useWords } from "../words/language";
import { LABEL_COLOURS, LABELS } from "../words/codes";

export function Labels({ labels }: { labels: readonly string[] }) {
  const { word } = useWords();
  return (
    <>
      {labels.map((label) => (
        <Tag key={label} {...(LABEL_COLOURS[label] ? { color: LABEL_COLOURS[label] } : {})}>
          {word(LABELS, label)}
        </Tag>
      ))}
    </>
  );
}
