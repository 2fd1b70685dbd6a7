import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../ui/kit/Icon";
import { Logo } from "../ui/kit/Logo";
import { ThemeSwitch } from "../ui/shell/ThemeSwitch";
import { ChatChip } from "./ChatChip";
import { ChatLog } from "./ChatLog";
import { Composer } from "./Composer";
import type { Chat, TargetKind } from "./model";
import { Rooms } from "./Rooms";
import { Whisper } from "./Whisper";
import { You } from "./You";

export function ChatPage({ chat }: { chat: Chat }) {
  const name = useSignal("");
  const room = useSignal("");
  const whisperTo = useSignal("");
  const target = useSignal<TargetKind>("everyone");
  useEffect(() => {
    void chat.start();
  }, [chat]);

  const send = (text: string): Promise<boolean> => {
    if (target.value === "room") return chat.sayInRoom(room.value.trim(), text);
    if (target.value === "whisper") return chat.whisper(whisperTo.value.trim(), text);
    return chat.say(name.value.trim() || "Anonymous", text);
  };
  return (
    <>
      <header class="top">
        <div class="top-inner">
          <a class="brand" href="/" aria-label="Waybill, orders">
            <Logo />
          </a>
          <ChatChip state={chat.state.value} onRetry={() => void chat.start()} />
          <div class="top-tools">
            <a class="icon-button tip" href="/" aria-label="Orders" data-tip="Orders">
              <Icon name="box" />
            </a>
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <main class="chat">
        <h1 class="visually-hidden">Chat</h1>
        <aside class="chat-side">
          <You name={name} connectionId={chat.connectionId.value} />
          <Rooms chat={chat} room={room} target={target} />
          <Whisper whisperTo={whisperTo} target={target} />
        </aside>
        <section class="chat-main card" aria-label="Conversation">
          <ChatLog lines={chat.lines.value} ownId={chat.connectionId.value} />
          <Composer
            target={target}
            room={room.value.trim()}
            whisperTo={whisperTo.value.trim()}
            joined={chat.rooms.value.includes(room.value.trim())}
            connected={chat.connected.value}
            onSend={send}
          />
        </section>
      </main>
    </>
  );
}
