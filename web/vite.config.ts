import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: {
    // `script/web` builds elsewhere and renames, so that what is served is always whole.
    outDir: "../liuhen/pages",
    emptyOutDir: true,
    // Offices still run Windows 7, whose last Chromium is 109; 360 and QQ browsers follow it.
    target: ["chrome109", "firefox115", "safari16"],
    // No file is written into a style or script as data: what the page loads is what the policy names.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One file: in the bureau's own network its size is nothing, and a page that stays open over an
    // upgrade never asks for a part that is gone.
    chunkSizeWarningLimit: 2500,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8620" } },
});
