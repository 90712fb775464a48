#include "gui/window/passphrase.h"

#include <wx/intl.h>
#include <wx/textctrl.h>
#include <wx/textdlg.h>

#include "gui/widgets/accessible.h"
#include "gui/widgets/theme.h"
#include "gui/window/text.h"

namespace disktwin::gui {
namespace {

// A path is one long word, which no dialog breaks.
wxString shownName(const std::string& image) {
  return shown(nameOf(image));
}

// Its field is as high as text at 100 %, and has no name.
void prepareField(wxTextEntryDialog& dialog, const wxString& question) {
  for (wxWindow* part : dialog.GetChildren()) {
    auto* field = dynamic_cast<wxTextCtrl*>(part);
    if (!field) continue;
    field->SetMinSize(wxSize(-1, fieldHeight(field)));
    setAccessibleName(field, question);
  }
  dialog.Fit();
}

// Twice the same, for a run that this window has not started; empty when nobody wants to.
std::string askNew(wxWindow* parent, const std::string& image) {
  wxString question = wxString::Format(_("New passphrase of %s:"), shownName(image));
  while (true) {
    wxPasswordEntryDialog first(parent, question, _("Encrypted image"));
    prepareField(first, question);
    if (first.ShowModal() != wxID_OK || first.GetValue().empty()) return {};
    const wxString again = _("Type it once more:");
    wxPasswordEntryDialog second(parent, again, _("Encrypted image"));
    prepareField(second, again);
    if (second.ShowModal() != wxID_OK) return {};
    if (first.GetValue() == second.GetValue()) return utf8(first.GetValue());
    question = _("The two passphrases differ") + ". " +
               wxString::Format(_("New passphrase of %s:"), shownName(image));
  }
}

}  // namespace

void answerPassphrase(wxWindow* parent, Context& context, Running& running) {
  const std::optional<PassphraseRequest> wanted = running.state().wantsPassphrase;
  // While the question is on the screen, the run is still looked at.
  if (!wanted || context.isAskingPassphrase) return;
  if (wanted->isNew) {
    // That of a run that was started belongs to it: there may be another task by now.
    if (running.newPassphrase.empty()) {
      context.isAskingPassphrase = true;
      running.newPassphrase = askNew(parent, wanted->image);
      context.isAskingPassphrase = false;
    }
    if (running.newPassphrase.empty()) {
      running.job().cancel();
    } else {
      running.job().givePassphrase(running.newPassphrase);
    }
    wipe(running.newPassphrase);
    return;
  }
  const auto known = context.passphrases.find(wanted->image);
  if (known != context.passphrases.end() && wanted->attempt == 1) {
    running.job().givePassphrase(known->second);
    return;
  }
  wxString question = wxString::Format(_("Passphrase of %s:"), shownName(wanted->image));
  if (wanted->attempt > 1) question = _("That was not it. ") + question;
  wxPasswordEntryDialog dialog(parent, question, _("Encrypted image"));
  prepareField(dialog, question);
  context.isAskingPassphrase = true;
  const bool isGiven = dialog.ShowModal() == wxID_OK;
  context.isAskingPassphrase = false;
  if (!isGiven) {
    running.job().cancel();
    return;
  }
  std::string& passphrase = context.passphrases[wanted->image];
  wipe(passphrase);
  passphrase = utf8(dialog.GetValue());
  running.job().givePassphrase(passphrase);
}

}  // namespace disktwin::gui
