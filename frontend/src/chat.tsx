import { render } from "preact";
import { ChatPage } from "./chat/ChatPage";
import { createChatConnection } from "./chat/connection";
import { Chat } from "./chat/model";
import "./styles/chat-page.css";

const chat = new Chat(createChatConnection());
const root = document.getElementById("app");
if (root) render(<ChatPage chat={chat} />, root);
