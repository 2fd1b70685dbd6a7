import type { Signal } from "@preact/signals";
import { Icon } from "../ui/kit/Icon";
import type { Chat, TargetKind } from "./model";

interface Props {
  chat: Chat;
  room: Signal<string>;
  target: Signal<TargetKind>;
}

export function Rooms({ chat, room, target }: Props) {
  const name = room.value.trim();
  const joined = chat.rooms.value;
  const isJoined = joined.includes(name);

  const join = async (event: SubmitEvent) => {
    event.preventDefault();
    if (await chat.join(name)) target.value = "room";
  };
  const leave = async () => {
    if ((await chat.leave(name)) && target.value === "room") target.value = "everyone";
  };
  const edit = (value: string) => {
    room.value = value;
    // The next message must not go to a room that was not joined, and the reader must see that before sending it.
    if (target.value === "room" && !joined.includes(value.trim())) target.value = "everyone";
  };
  const pick = (other: string) => {
    room.value = other;
    target.value = "room";
  };
  return (
    <section class="side-card card" aria-labelledby="rooms-title">
      <h2 id="rooms-title">Rooms</h2>
      <form class="room-form" onSubmit={(event) => void join(event)}>
        <label class="field">
          <span>Room</span>
          <input
            maxLength={100}
            placeholder="warehouse"
            value={room.value}
            data-testid="chat-room"
            onInput={(event) => edit(event.currentTarget.value)}
          />
        </label>
        <div class="button-pair">
          <button
            type="submit"
            class="button"
            disabled={!name || isJoined || !chat.connected.value}
            data-testid="chat-join"
          >
            Join
          </button>
          <button
            type="button"
            class="button"
            disabled={!isJoined || !chat.connected.value}
            data-testid="chat-leave"
            onClick={() => void leave()}
          >
            Leave
          </button>
        </div>
      </form>
      {joined.length > 0 && (
        <ul class="room-list" aria-label="Rooms you are in">
          {joined.map((other) => (
            <li key={other}>
              <button
                type="button"
                class="room"
                aria-pressed={other === name && target.value === "room"}
                onClick={() => pick(other)}
              >
                <Icon name="people" size={15} />
                {other}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
