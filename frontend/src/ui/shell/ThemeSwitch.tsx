import { Icon } from "../kit/Icon";
import { currentTheme, toggleTheme } from "../kit/theme";

export function ThemeSwitch() {
  const dark = currentTheme() === "dark";
  const label = dark ? "Switch to light" : "Switch to dark";
  return (
    <button type="button" class="icon-button tip" data-tip={label} aria-label={label} onClick={toggleTheme}>
      <Icon name={dark ? "sun" : "moon"} />
    </button>
  );
}
