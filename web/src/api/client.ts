import createClient from "openapi-fetch";
import type { Middleware } from "openapi-fetch";
import type { components, paths } from "../../generated/api";

type Schemas = components["schemas"];
export type Me = Schemas["Me"];
export type Permission = Schemas["Permission"];
export type Role = Schemas["Role"];
export type FileKind = Schemas["FileKind"];
export type Dock = Schemas["Dock"];
export type Docks = Schemas["Docks"];
export type Recording = Schemas["Recording"];
export type ListedRecording = Schemas["ListedRecording"];
export type Sighting = Schemas["Sighting"];
export type Derivative = Schemas["DerivativeShown"];
export type Remark = Schemas["RemarkShown"];
export type CustodyEntry = Schemas["CustodyEntry"];
export type Looked = Schemas["Looked"];
export type Account = Schemas["Account"];
export type Unit = Schemas["Unit"];
export type Login = Schemas["Login"];
export type FailedJob = Schemas["FailedJob"];
export type Said = Schemas["Said"];
export type RatioLine = Schemas["RatioLine"];
export type RatioShown = Schemas["RatioShown"];
export type RatioDetail = Schemas["RatioDetail"];
export type PersonCounted = Schemas["PersonCounted"];
export type DeviceCounted = Schemas["DeviceCounted"];
export type PersonShown = Schemas["PersonShown"];
export type RosterRead = Schemas["RosterRead"];
export type RosterRow = Schemas["RosterRow"];
export type RosterShown = Schemas["RosterShown"];
export type DeviceShown = Schemas["DeviceShown"];
export type HolderShown = Schemas["HolderShown"];
export type Condition = Schemas["Condition"];
export type PlaceKind = Schemas["PlaceKind"];
export type PlaceShown = Schemas["PlaceShown"];
export type BodyReviewers = Schemas["BodyReviewers"];
export type DueShown = Schemas["DueShown"];
export type BatchShown = Schemas["BatchShown"];
export type LineShown = Schemas["LineShown"];
export type DisposalsDue = Schemas["DisposalsDue"];
export type BlockShown = Schemas["BlockShown"];
export type ViewOpened = Schemas["ViewOpened"];
export type StationShown = Schemas["StationShown"];
export type CaseShown = Schemas["CaseShown"];
export type CaseDetail = Schemas["CaseDetail"];
export type ActionShown = Schemas["ActionShown"];
export type ActionDetail = Schemas["ActionDetail"];
export type CoverageShown = Schemas["CoverageShown"];
export type CoveredShown = Schemas["CoveredShown"];
export type StretchShown = Schemas["StretchShown"];
export type FootageShown = Schemas["FootageShown"];
export type RefusalShown = Schemas["RefusalShown"];
export type StepBlockShown = Schemas["StepBlockShown"];
export type TryShown = Schemas["TryShown"];
export type RecordShown = Schemas["RecordShown"];
export type ProposalShown = Schemas["ProposalShown"];
export type WaitingShown = Schemas["WaitingShown"];
export type CandidateShown = Schemas["CandidateShown"];
export type LinkShown = Schemas["LinkShown"];
export type FindingShown = Schemas["FindingShown"];
export type RecordingNamed = Schemas["RecordingNamed"];
export type ReadinessShown = Schemas["ReadinessShown"];
export type SegmentShown = Schemas["SegmentShown"];
export type RecordingCases = Schemas["RecordingCases"];
export type TrainingKind = Schemas["TrainingKind"];
export type ReviewerSource = Schemas["ReviewerSource"];
export type UnitKind = Schemas["UnitKind"];
export type ReportAsked = Schemas["ReportAsked"];
export type ReportShown = Schemas["ReportShown"];
export type DeviceRow = Schemas["DeviceRow"];
export type DayTurned = Schemas["DayTurned"];
export type ListedShown = Schemas["ListedShown"];
export type ClauseShown = Schemas["ClauseShown"];
export type CaseTermShown = Schemas["CaseTermShown"];
export type GrantShown = Schemas["GrantShown"];
export type WatchedShown = Schemas["WatchedShown"];
export type WatchedSeen = Schemas["WatchedSeen"];
export type HoldShown = Schemas["HoldShown"];
export type HoldFound = Schemas["HoldFound"];
export type StandingShown = Schemas["StandingShown"];
export type PeriodShown = Schemas["PeriodShown"];
export type PreviewShown = Schemas["PreviewShown"];
export type CopyShown = Schemas["CopyShown"];
export type LoanShown = Schemas["LoanShown"];
export type Explained = Schemas["Explained"];
export type OwnPolicy = Schemas["OwnPolicy"];
export type PolicyPreview = Schemas["PolicyPreview"];
export type ProfileShown = Schemas["ProfileShown"];
export type VersionShown = Schemas["VersionShown"];

/** What went wrong, in the API's own sentences; status 0: nothing answered. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly zh: string,
    readonly en: string,
    readonly refusals: Schemas["RefusalShown"][] = [],
  ) {
    super(`${status} ${code}: ${en}`);
  }
}

// The word that a change must carry (CSRF); only our own page can read it from /api/me.
let csrf = "";

export function rememberWord(me: Me | null): void {
  csrf = me?.csrf ?? "";
}

export function changeHeaders(): Record<string, string> {
  return { "x-liuhen-csrf": csrf };
}

const word: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("x-liuhen-csrf", csrf);
    return request;
  },
};

export const api = createClient<paths>({ baseUrl: "/" });
api.use(word);

function isProblem(error: unknown): error is Schemas["Problem"] {
  return typeof error === "object" && error !== null && "zh" in error && "en" in error;
}

/** The answer's body; raises `ApiProblem` for everything else. */
export async function answer<T>(
  asked: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  let got;
  try {
    got = await asked;
  } catch (trouble) {
    throw new ApiProblem(0, "UNREACHABLE", "连不上服务，请检查网络后重试。", `${String(trouble)}`);
  }
  if (got.data !== undefined && got.response.ok) return got.data;
  if (isProblem(got.error)) {
    throw new ApiProblem(got.response.status, got.error.code, got.error.zh, got.error.en, got.error.refusals ?? []);
  }
  const status = got.response.status;
  throw new ApiProblem(status, "UNKNOWN", `服务的答复无法理解（${status}）`, `Unexpected answer (${status})`);
}
