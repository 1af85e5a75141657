import { StyleProvider } from "@ant-design/cssinjs";
import { QueryCache, MutationCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App as Ant, ConfigProvider } from "antd";
import en from "antd/locale/en_US";
import zh from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { useEffect, useState } from "react";
import { createBrowserRouter, RouterProvider } from "react-router";
import { ApiProblem } from "./api/client";
import { Access } from "./pages/Access";
import { Action } from "./pages/Action";
import { Case } from "./pages/Case";
import { Cases } from "./pages/Cases";
import { Devices } from "./pages/Devices";
import { Disposal } from "./pages/Disposal";
import { Docks } from "./pages/Docks";
import { Findings } from "./pages/Findings";
import { Holds } from "./pages/Holds";
import { Inbox } from "./pages/Inbox";
import { Jobs } from "./pages/Jobs";
import { Login } from "./pages/Login";
import { NotFound } from "./pages/NotFound";
import { Password } from "./pages/Password";
import { Policies } from "./pages/Policies";
import { Ratio } from "./pages/Ratio";
import { Recording } from "./pages/Recording";
import { Recordings } from "./pages/Recordings";
import { Reports } from "./pages/Reports";
import { Retention } from "./pages/Retention";
import { Setup } from "./pages/Setup";
import { Staff } from "./pages/Staff";
import { Supervision } from "./pages/Supervision";
import { Users } from "./pages/Users";
import { Frame, Home } from "./session/Frame";
import { ME } from "./session/session";
import { useWords } from "./words/language";

const router = createBrowserRouter([
  { path: "/setup", Component: Setup },
  { path: "/login", Component: Login },
  { path: "/password", Component: Password },
  {
    path: "/",
    Component: Frame,
    children: [
      { index: true, Component: Home },
      { path: "docks", Component: Docks },
      { path: "recordings", Component: Recordings },
      { path: "recordings/:sha256", Component: Recording },
      { path: "cases", Component: Cases },
      { path: "cases/:id", Component: Case },
      { path: "actions/:id", Component: Action },
      { path: "inbox", Component: Inbox },
      { path: "findings", Component: Findings },
      { path: "access", Component: Access },
      { path: "supervision", Component: Supervision },
      { path: "holds", Component: Holds },
      { path: "retention", Component: Retention },
      { path: "disposal", Component: Disposal },
      { path: "policies", Component: Policies },
      { path: "ratio", Component: Ratio },
      { path: "devices", Component: Devices },
      { path: "staff", Component: Staff },
      { path: "reports", Component: Reports },
      { path: "jobs", Component: Jobs },
      { path: "users", Component: Users },
      { path: "*", Component: NotFound },
    ],
  },
]);

// Who asked their machine for less motion sees dialogs and lists open and close at once.
const motion = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;

function newQueries(): QueryClient {
  // A session that has ended shows itself at any request: then ask who is logged in, once.
  const onError = (problem: unknown) => {
    if (problem instanceof ApiProblem && problem.status === 401) {
      queries.setQueryData(ME, null);
    }
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        retry: (count, problem) =>
          count < 2 && (!(problem instanceof ApiProblem) || [0, 503].includes(problem.status)),
      },
    },
  });
  return queries;
}

export function App() {
  const { language } = useWords();
  const [queries] = useState(newQueries);
  useEffect(() => {
    dayjs.locale(language === "zh" ? "zh-cn" : "en");
  }, [language]);
  return (
    // High priority: browsers older than Chromium 88 do not know `:where`, which antd relies on.
    <StyleProvider hashPriority="high">
      <ConfigProvider
        locale={language === "zh" ? zh : en}
        button={{ autoInsertSpace: false }}
        theme={{
          token: {
            motion,
            colorPrimary: "#1d4e89",
            colorLink: "#1d4e89",
            fontFamily:
              '-apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif',
          },
        }}
      >
        <Ant>
          <QueryClientProvider client={queries}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </Ant>
      </ConfigProvider>
    </StyleProvider>
  );
}
