import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Empty, Statistic, Table } from "antd";
import { Link } from "react-router";
import { answer, api } from "../api/client";
import type { FailedJob } from "../api/client";
import { Trouble, useTroubleWords } from "../parts/Trouble";
import { Moment } from "../parts/time";
import { useSession } from "../session/session";
import { DERIVATIVES, JOB_STATES } from "../words/codes";
import { useWords } from "../words/language";

const AGAIN_MS = 5_000;

export function Jobs() {
  const { say, word, pick } = useWords();
  const { may } = useSession();
  const { message } = App.useApp();
  const trouble = useTroubleWords();
  const queries = useQueryClient();
  const jobs = useQuery({
    queryKey: ["jobs"],
    queryFn: () => answer(api.GET("/api/jobs")),
    refetchInterval: AGAIN_MS,
  });
  const retry = useMutation({
    mutationFn: (recording: string | null) =>
      answer(api.POST("/api/jobs/retry", { body: { recording } })),
    onSuccess: ({ retried }) => {
      void message.success(say("jobs_retried", { count: retried }));
      void queries.invalidateQueries({ queryKey: ["jobs"] });
    },
    onError: (problem) => void message.error(trouble(problem)),
  });
  const mayRetry = may("RETRY_JOBS");
  return (
    <>
      <h1 className="title">{say("jobs_title")}</h1>
      <p className="muted">{say("jobs_hint")}</p>
      {jobs.error ? <Trouble problem={jobs.error} again={() => void jobs.refetch()} /> : null}
      <div className="counts">
        {Object.entries(jobs.data?.counts ?? {}).map(([state, count]) => (
          <Card key={state} size="small">
            <Statistic title={word(JOB_STATES, state)} value={count} />
          </Card>
        ))}
      </div>
      <section>
        <div className="title-line">
          <h2>{say("jobs_failed")}</h2>
          {mayRetry && (jobs.data?.failed.length ?? 0) > 0 ? (
            <Button onClick={() => retry.mutate(null)} loading={retry.isPending}>
              {say("jobs_retry_all")}
            </Button>
          ) : null}
        </div>
        <Table<FailedJob>
          rowKey={(job) => `${job.recording}/${job.kind}`}
          size="middle"
          loading={jobs.isPending}
          dataSource={jobs.data?.failed ?? []}
          pagination={false}
          scroll={{ x: "max-content" }}
          locale={{ emptyText: <Empty description={say("jobs_none")} /> }}
          columns={[
            {
              title: say("jobs_recording"),
              key: "recording",
              render: (_, job) =>
                may("LIST_RECORDINGS") ? (
                  <Link to={`/recordings/${job.recording}`} className="digest">
                    {job.recording.slice(0, 12)}
                  </Link>
                ) : (
                  <span className="digest">{job.recording.slice(0, 12)}</span>
                ),
            },
            { title: say("jobs_what"), key: "kind", render: (_, job) => word(DERIVATIVES, job.kind) },
            { title: say("jobs_why"), key: "why", render: (_, job) => pick(job.words) },
            { title: say("jobs_tries"), key: "tries", render: (_, job) => say("jobs_attempts", { count: job.attempts }) },
            { title: say("jobs_when"), key: "at", render: (_, job) => <Moment utc={job.made_at} /> },
            ...(mayRetry
              ? [
                  {
                    title: say("users_actions"),
                    key: "actions",
                    render: (_: unknown, job: FailedJob) => (
                      <Button size="small" onClick={() => retry.mutate(job.recording)}>
                        {say("jobs_retry")}
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
      </section>
    </>
  );
}
