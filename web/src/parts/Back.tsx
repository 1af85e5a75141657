import type { ReactNode } from "react";
import { Link } from "react-router";

/** The way back to where things of a kind are listed; there too where one was not found. */
export function Back({ to, children }: { to: string; children: ReactNode }) {
  return (
    <p className="small">
      <Link to={to}>← {children}</Link>
    </p>
  );
}
