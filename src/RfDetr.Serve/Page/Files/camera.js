// Frames of the camera go through a WebSocket, one message each, and answers come back in order. At most two frames are on the
// way: a server that is slower than the camera gets fewer frames instead of a queue.
const MOST_IN_FLIGHT = 2;

export class Camera {
  #stream = null;
  #socket = null;
  #video = document.createElement("video");
  #canvas = document.createElement("canvas");
  #waiting = new Map();
  #next = 0;
  #busy = false;
  #onFrame;
  #onTrouble;
  #onEnd;

  /** Calls back with each frame and its answer, with what is wrong with a single frame, and at the end with the reason. */
  constructor(onFrame, onTrouble, onEnd) {
    this.#onFrame = onFrame;
    this.#onTrouble = onTrouble;
    this.#onEnd = onEnd;
    this.#video.muted = true;
    this.#video.playsInline = true;
  }

  get isOn() {
    return this.#stream !== null;
  }

  async start(connect) {
    if (!navigator.mediaDevices)
      throw new Error("Browsers give the camera to https pages and to localhost only; open this page in one of these ways.");
    this.#stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 } }, audio: false });
    this.#video.srcObject = this.#stream;
    await this.#video.play();
    const socket = connect();
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    this.#next = 0;
    socket.onopen = () => {
      socket.send(JSON.stringify({ threshold: 0.05 }));
      this.#send();
    };
    socket.onmessage = message => this.#receive(JSON.parse(message.data));
    socket.onclose = event => {
      if (this.#socket === socket)
        this.stop(event.reason || "The server closed the stream.");
    };
  }

  stop(reason = "") {
    if (!this.isOn)
      return;
    this.#stream.getTracks().forEach(track => track.stop());
    this.#stream = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#video.srcObject = null;
    this.#waiting.forEach(sent => sent.image.close());
    this.#waiting.clear();
    this.#onEnd(reason);
  }

  async #send() {
    const socket = this.#socket;
    if (this.#busy || !socket || socket.readyState !== WebSocket.OPEN || this.#waiting.size >= MOST_IN_FLIGHT)
      return;
    this.#busy = true;
    try {
      this.#canvas.width = this.#video.videoWidth;
      this.#canvas.height = this.#video.videoHeight;
      this.#canvas.getContext("2d").drawImage(this.#video, 0, 0);
      // The pixels that were sent are those that the boxes are drawn on.
      const [image, bytes] = await Promise.all([
        createImageBitmap(this.#canvas),
        new Promise(resolve => this.#canvas.toBlob(resolve, "image/jpeg", 0.85)).then(blob => blob.arrayBuffer()),
      ]);
      if (this.#socket !== socket || socket.readyState !== WebSocket.OPEN) {
        image.close();
        return;
      }
      this.#waiting.set(this.#next++, { image, sent: performance.now() });
      socket.send(bytes);
    } finally {
      this.#busy = false;
    }
    // The camera's next frame, so that the same one is not sent twice.
    if (this.#video.requestVideoFrameCallback)
      this.#video.requestVideoFrameCallback(() => this.#send());
    else
      requestAnimationFrame(() => this.#send());
  }

  #receive(answer) {
    const sent = this.#waiting.get(answer.frame);
    // Frames before this one were dropped by the server; it does not answer them any more.
    for (const [frame, earlier] of this.#waiting) {
      if (frame > answer.frame)
        continue;
      this.#waiting.delete(frame);
      if (frame !== answer.frame)
        earlier.image.close();
    }
    this.#send();
    if (answer.detections === undefined) {
      sent?.image.close();
      this.#onTrouble(answer.message);
    } else if (sent) {
      this.#onFrame(sent.image, answer, performance.now() - sent.sent);
    }
  }
}
