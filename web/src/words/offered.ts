import type { components } from "../../generated/api";
import VOCABULARY from "../../vocabulary.json";

type Schemas = components["schemas"];
type Pair = readonly [string, string];
type Of<Code extends string> = Readonly<Record<Code, Pair>>;

/** The words of a choice, from the vocabulary itself; a test compares the two. */
function of<Code extends string>(name: keyof typeof VOCABULARY): Of<Code> {
  return VOCABULARY[name] as unknown as Of<Code>;
}

export const ACTION_TYPES = of<Schemas["ActionType"]>("ActionType");
export const CATEGORIES = of<Schemas["Category"]>("Category");
export const CASE_STATES = of<Schemas["CaseState"]>("CaseState");
export const CASE_STAGES = of<Schemas["CaseStage"]>("CaseStage");
export const TIERS = of<Schemas["Tier"]>("Tier");
export const TEAM_ROLES = of<Schemas["TeamRole"]>("TeamRole");
export const RECORD_CHOICES = of<Schemas["RecordChoice"]>("RecordChoice");
export const AWARENESS = of<Schemas["Awareness"]>("Awareness");
export const IDENTITY = of<Schemas["IdentityMode"]>("IdentityMode");
export const NOTICES = of<Schemas["NoticeItem"]>("NoticeItem");
export const GROUPS = of<Schemas["MetadataGroup"]>("MetadataGroup");
export const SIGNED = of<Schemas["Signed"]>("Signed");
export const SIGNERS = of<"COUNTERPART" | "WITNESS">("Signer");
export const OPINIONS = of<Schemas["Opinion"]>("Opinion");
export const BEARINGS = of<Schemas["Bearing"]>("Bearing");
export const EXCLUSIONS = of<Schemas["Exclusion"]>("Exclusion");
export const CAUSES = of<Schemas["Cause"]>("Cause");
export const TRIAGES = of<Schemas["Triage"]>("Triage");
export const GRANT_KINDS = of<Schemas["GrantKind"]>("GrantKind");
export const GRANTEE_KINDS = of<Schemas["GranteeKind"]>("GranteeKind");
export const HOLD_KINDS = of<Schemas["HoldKind"]>("HoldKind");
