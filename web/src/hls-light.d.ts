// The light build carries no types of its own; it has the full build's without what it leaves out.
declare module "hls.js/light" {
  export { default } from "hls.js";
  export * from "hls.js";
}
