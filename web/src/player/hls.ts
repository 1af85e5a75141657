import Hls from "hls.js/light";
import type { ErrorData } from "hls.js/light";

export interface Playing {
  stop: () => void;
}

interface Wishes {
  /** Where to begin, in seconds. */
  at: number;
  /** Something of it has arrived. */
  onAnswer: () => void;
  /** The look no longer answers: it rested too long or was ended. */
  onGone: () => void;
  onTrouble: (problem: string) => void;
}

/**
 * Plays a playlist: with hls.js where the browser has MediaSource, else by the browser itself
 * (iPhones). The light build does: one rendition, sound and picture in one file, no encryption.
 */
export function play(media: HTMLMediaElement, playlist: string, wishes: Wishes): Playing {
  return Hls.isSupported() ? withHls(media, playlist, wishes) : natively(media, playlist, wishes);
}

function isGone(data: ErrorData): boolean {
  return data.type === Hls.ErrorTypes.NETWORK_ERROR && data.response?.code === 404;
}

/** The file is not what was made: the service shows it to nobody and makes it anew. */
export const ALTERED = "ALTERED";

function isAltered(data: ErrorData): boolean {
  return data.type === Hls.ErrorTypes.NETWORK_ERROR && data.response?.code === 409;
}

function withHls(media: HTMLMediaElement, playlist: string, wishes: Wishes): Playing {
  const hls = new Hls({
    // fMP4 passes through untouched, so a worker gains nothing and the policy stays narrow.
    enableWorker: false,
    startPosition: wishes.at,
    maxBufferLength: 30,
    // What the buffer holds was seen, as far as the record goes: little is kept ahead and behind.
    backBufferLength: 60,
  });
  let mended = false;
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (isGone(data)) {
      wishes.onGone();
    } else if (isAltered(data)) {
      wishes.onTrouble(ALTERED);
      hls.stopLoad();
    } else if (data.fatal && data.type === Hls.ErrorTypes.MEDIA_ERROR && !mended) {
      mended = true;
      hls.recoverMediaError();
    } else if (data.fatal) {
      wishes.onTrouble(data.details);
    }
  });
  hls.once(Hls.Events.FRAG_LOADED, wishes.onAnswer);
  hls.loadSource(playlist);
  hls.attachMedia(media);
  return { stop: () => hls.destroy() };
}

function natively(media: HTMLMediaElement, playlist: string, wishes: Wishes): Playing {
  const begin = () => {
    if (wishes.at > 0) media.currentTime = wishes.at;
  };
  // A browser does not say which status a part answered with: the playlist itself is asked.
  const failed = () => {
    void fetch(playlist, { cache: "no-store" }).then(
      (response) => {
        if (response.status === 404) wishes.onGone();
        else wishes.onTrouble(response.status === 409 ? ALTERED : "MEDIA");
      },
      () => wishes.onTrouble("NETWORK"),
    );
  };
  media.addEventListener("loadedmetadata", begin, { once: true });
  media.addEventListener("loadeddata", wishes.onAnswer, { once: true });
  media.addEventListener("error", failed, { once: true });
  media.src = playlist;
  return {
    stop: () => {
      media.removeEventListener("loadedmetadata", begin);
      media.removeEventListener("loadeddata", wishes.onAnswer);
      media.removeEventListener("error", failed);
      media.removeAttribute("src");
      media.load();
    },
  };
}
