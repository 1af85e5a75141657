import { MenuOutlined } from "@ant-design/icons";
import { Button, Drawer, Grid, Layout, Menu } from "antd";
import { useState } from "react";
import { Link, useLocation } from "react-router";
import type { Permission } from "../api/client";
import { useWords } from "../words/language";
import type { Key } from "../words/ui";
import { useSession } from "./session";

interface Place {
  path: string;
  word: Key;
  needs: Permission;
}

/** Every page by the work it belongs to; who may not open one does not see it. */
const GROUPS: { word: Key; places: Place[] }[] = [
  {
    word: "nav_group_footage",
    places: [
      { path: "/docks", word: "nav_docks", needs: "WATCH_DOCKS" },
      { path: "/recordings", word: "nav_recordings", needs: "LIST_RECORDINGS" },
      { path: "/inbox", word: "nav_inbox", needs: "LINK_FOOTAGE" },
    ],
  },
  {
    word: "nav_group_cases",
    places: [
      { path: "/cases", word: "nav_cases", needs: "READ_CASES" },
      { path: "/findings", word: "nav_findings", needs: "READ_FINDINGS" },
      { path: "/reports", word: "nav_reports", needs: "READ_REPORTS" },
    ],
  },
  {
    word: "nav_group_access",
    places: [
      { path: "/access", word: "nav_access", needs: "REQUEST_ACCESS" },
      { path: "/supervision", word: "nav_supervision", needs: "SUPERVISE_ACCESS" },
    ],
  },
  {
    word: "nav_group_keeping",
    places: [
      { path: "/holds", word: "nav_holds", needs: "READ_RETENTION" },
      { path: "/retention", word: "nav_retention", needs: "READ_RETENTION" },
      { path: "/disposal", word: "nav_disposal", needs: "READ_DISPOSALS" },
    ],
  },
  {
    word: "nav_group_register",
    places: [
      { path: "/ratio", word: "nav_ratio", needs: "READ_RATIO" },
      { path: "/devices", word: "nav_devices", needs: "READ_DEVICES" },
      { path: "/staff", word: "nav_staff", needs: "READ_STAFF" },
      { path: "/policies", word: "nav_policies", needs: "READ_RATIO" },
    ],
  },
  {
    word: "nav_group_system",
    places: [
      { path: "/jobs", word: "nav_jobs", needs: "READ_JOBS" },
      { path: "/users", word: "nav_users", needs: "READ_USERS" },
    ],
  },
];

/** The first page that this person may open; null where there is none. */
export function useFirstPlace(): string | null {
  const { may } = useSession();
  const offered = GROUPS.flatMap((group) => group.places).find((place) => may(place.needs));
  return offered?.path ?? null;
}

/** The places in their groups, down one side. */
function Places({ onGo }: { onGo?: () => void }) {
  const { say } = useWords();
  const { may } = useSession();
  const { pathname } = useLocation();
  const under = pathname.startsWith("/actions/") ? "/cases" : pathname;
  const groups = GROUPS.map((group) => ({ ...group, places: group.places.filter((place) => may(place.needs)) }));
  const here = groups.flatMap((group) => group.places).find((place) => under.startsWith(place.path));
  const items = groups
    .filter((group) => group.places.length > 0)
    .map((group) => ({
      key: group.word,
      type: "group" as const,
      label: say(group.word),
      children: group.places.map((place) => ({
        key: place.path,
        label: (
          <Link to={place.path} onClick={onGo} aria-current={place === here ? "page" : undefined}>
            {say(place.word)}
          </Link>
        ),
      })),
    }));
  return (
    <nav aria-label={say("nav_label")} className="nav">
      <Menu mode="inline" items={items} selectedKeys={here ? [here.path] : []} />
    </nav>
  );
}

/** Whether there is room for the places beside a page. */
export function useIsWide(): boolean {
  return Grid.useBreakpoint().lg ?? window.matchMedia("(min-width: 992px)").matches;
}

/** The places beside the page, where there is room for them. */
export function Side() {
  return (
    <Layout.Sider theme="light" width={168} className="side">
      <Places />
    </Layout.Sider>
  );
}

/** A button that opens the places over the page, on narrow screens. */
export function MenuButton() {
  const { say } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        type="text"
        className="leave"
        icon={<MenuOutlined />}
        aria-label={say("nav_label")}
        aria-expanded={open}
        onClick={() => setOpen(true)}
      />
      <Drawer open={open} placement="left" size={240} title={say("nav_label")} onClose={() => setOpen(false)}>
        <Places onGo={() => setOpen(false)} />
      </Drawer>
    </>
  );
}
