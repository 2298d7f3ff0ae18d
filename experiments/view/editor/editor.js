// The YAML editor of the page: CodeMirror with what a scenario needs. What a key means is the page's business.

import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// Dark enough on white to be read (WCAG AA).
const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "#0b4f6c", fontWeight: "600" },
  { tag: [tags.comment, tags.lineComment], color: "#5a5f63" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "#8a3b00" },
  { tag: [tags.string, tags.content], color: "#1a1a1a" },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace], color: "#4a4a4a" },
]);

const THEME = EditorView.theme({
  "&": { fontSize: "14px", height: "100%", backgroundColor: "#fff", color: "#1a1a1a" },
  ".cm-scroller": { fontFamily: "ui-monospace, Menlo, Consolas, monospace, 'Gongzhi Sans SC', 'Noto Sans SC'", lineHeight: "1.45" },
  ".cm-gutters": { backgroundColor: "#f4f4f2", color: "#5a5f63" },
  ".cm-tooltip": { maxWidth: "460px", padding: "4px 8px", fontFamily: "inherit", zIndex: 5 },
  ".cm-tooltip.cm-tooltip-autocomplete": { padding: 0, maxWidth: "none" },
  ".cm-tooltip-autocomplete .cm-completionInfo": { whiteSpace: "normal", maxWidth: "360px" },
  ".cm-panels": { backgroundColor: "#f4f4f2", color: "#1a1a1a" },
  ".cm-panel.cm-search label": { whiteSpace: "nowrap", fontSize: "14px" },
  ".cm-panel.cm-search input, .cm-panel.cm-search button": { fontSize: "14px", minHeight: "28px" },
});

function textTooltip(text) {
  const element = document.createElement("div");
  element.textContent = text;
  return { dom: element };
}

// `complete(text, position)` gives { from, options } or null, `explain(text, position)` what a key means;
// `changed(text)` is called with each change, `moved(text, position)` when the cursor moves, `apply()` on Ctrl-S.
export class Editor {
  constructor(parent, { text, label, complete, explain, changed, moved, apply }) {
    this.words = new Compartment();
    const mine = [
      { key: "Mod-s", preventDefault: true, run: () => { apply(); return true; } },
      { key: "Tab", run: acceptCompletion },
      { key: "Mod-Space", run: startCompletion },
    ];
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          keymap.of(mine), lineNumbers(), foldGutter(), lintGutter(), history(), drawSelection(), indentOnInput(),
          indentUnit.of("  "), EditorState.tabSize.of(2), bracketMatching(), closeBrackets(), highlightActiveLine(),
          highlightActiveLineGutter(), highlightSelectionMatches(), search({ top: true }), EditorView.lineWrapping,
          yaml(), syntaxHighlighting(COLOURS), THEME,
          autocompletion({ icons: false, override: [(context) => complete(context.state.doc.toString(), context.pos, context.explicit)] }),
          hoverTooltip((view, pos) => {
            const said = explain(view.state.doc.toString(), pos);
            return said ? { pos, above: true, create: () => textTooltip(said) } : null;
          }),
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, indentWithTab]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(this.text);
            if (update.docChanged || update.selectionSet) moved(this.text, update.state.selection.main.head);
          }),
          this.words.of(this.speaking(label, {})),
        ],
      }),
    });
  }

  speaking(label, phrases) {
    return [EditorState.phrases.of(phrases), EditorView.contentAttributes.of({ "aria-label": label })];
  }

  // The editor's own words in another language: CodeMirror's English phrases, translated.
  speak(label, phrases) {
    this.view.dispatch({ effects: this.words.reconfigure(this.speaking(label, phrases)) });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  set text(text) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
  }

  // Marks what is wrong: a list of { line, column, message } with lines and columns from 1.
  mark(problems) {
    const { doc } = this.view.state;
    const found = problems.filter((one) => one.line >= 1 && one.line <= doc.lines).map((one) => {
      const line = doc.line(one.line);
      const from = Math.min(line.to, line.from + Math.max(0, (one.column ?? 1) - 1));
      return { from, to: Math.max(from, line.to), severity: "error", message: one.message };
    });
    this.view.dispatch(setDiagnostics(this.view.state, found));
  }

  go(number, column = 1) {
    const line = this.view.state.doc.line(Math.max(1, Math.min(number, this.view.state.doc.lines)));
    const anchor = Math.min(line.to, line.from + column - 1);
    this.view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    this.view.focus();
  }

  find() {
    openSearchPanel(this.view);
  }

  focus() {
    this.view.focus();
  }
}
