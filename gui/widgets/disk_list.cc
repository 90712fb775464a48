#include "gui/widgets/disk_list.h"

#include <wx/intl.h>
#include <wx/sizer.h>

#include <algorithm>

#include "gui/widgets/accessible.h"
#include "gui/widgets/disk_card.h"
#include "gui/widgets/flow_text.h"
#include "gui/widgets/theme.h"
#include "gui/widgets/words.h"

namespace disktwin::gui {

wxDEFINE_EVENT(EVT_DISK_SELECTED, wxCommandEvent);
wxDEFINE_EVENT(EVT_DISK_ACTIVATED, wxCommandEvent);

wxString DiskList::noDisksText() {
  return _("No disks were found. Connect one: it will appear here.");
}

DiskList::DiskList(wxWindow* parent, const wxString& name)
    : wxScrolledWindow(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize,
                       wxVSCROLL | wxTAB_TRAVERSAL | wxBORDER_NONE) {
  sizer_ = new wxBoxSizer(wxVERTICAL);
  emptyText_ = noDisksText();
  SetSizer(sizer_);
  SetScrollRate(0, textUnits(this, 4));
  setAccessible(this, name, "", Role::List);
  showEmptyText(true);

  Bind(EVT_CARD_PRESSED, [this](wxCommandEvent& event) {
    auto* card = static_cast<DiskCard*>(event.GetEventObject());
    focus(card);
    choose(card, true);
  });
  Bind(EVT_CARD_ACTIVATED, &DiskList::onActivated, this);
  Bind(wxEVT_SIZE, [this](wxSizeEvent& event) {
    event.Skip();
    if (GetClientSize().x != arrangedWidth_) arrange();
  });
}

void DiskList::setEmptyText(const wxString& text) {
  emptyText_ = text;
  if (empty_) empty_->setText(text);
}

void DiskList::showEmptyText(bool show) {
  if (show == (empty_ != nullptr)) return;
  if (show) {
    empty_ = new FlowText(this, emptyText_, FlowText::Style::Muted);
    sizer_->Add(empty_, wxSizerFlags().Expand().Border(wxALL, FromDIP(16)));
  } else {
    empty_->Destroy();
    empty_ = nullptr;
  }
}

void DiskList::setDisks(const std::vector<Entry>& entries) {
  const DiskCard* before = chosen();
  const std::string chosenBefore = before ? before->disk().stableName() : "";
  std::vector<DiskCard*> kept;
  bool focusIsLost = false;
  for (const Entry& entry : entries) {
    DiskCard* card = find(entry.disk.stableName());
    // Two that call themselves the same get a card each.
    if (std::find(kept.begin(), kept.end(), card) != kept.end()) card = nullptr;
    if (!card) {
      card = new DiskCard(this);
      card->Bind(wxEVT_KEY_DOWN, &DiskList::onKey, this);
    } else {
      sizer_->Detach(card);
    }
    card->setDisk(entry.disk, entry.reason);
    kept.push_back(card);
  }
  for (DiskCard* card : cards_) {
    if (std::find(kept.begin(), kept.end(), card) != kept.end()) continue;
    focusIsLost = focusIsLost || card->HasFocus();
    sizer_->Detach(card);
    card->Destroy();
  }
  cards_ = kept;
  DiskCard* above = nullptr;
  for (DiskCard* card : cards_) {
    sizer_->Add(card, wxSizerFlags().Expand().Border(wxBOTTOM, FromDIP(4)));
    // Otherwise they would be read in the order in which they were made.
    if (above) card->MoveAfterInTabOrder(above);
    above = card;
  }
  showEmptyText(cards_.empty());

  DiskCard* again = chosenBefore.empty() ? nullptr : find(chosenBefore);
  if (again && !again->canBeChosen()) again = nullptr;
  choose(again, !chosenBefore.empty() && !again);
  arrange();
  if (focusIsLost && !cards_.empty()) focus(cards_.front());
}

const Disk* DiskList::selected() const {
  const DiskCard* card = chosen();
  return card ? &card->disk() : nullptr;
}

void DiskList::select(const std::string& stableName) {
  DiskCard* card = find(stableName);
  choose(card && card->canBeChosen() ? card : nullptr, false);
}

DiskCard* DiskList::find(const std::string& stableName) const {
  for (DiskCard* card : cards_) {
    if (card->disk().stableName() == stableName) return card;
  }
  return nullptr;
}

DiskCard* DiskList::chosen() const {
  for (DiskCard* card : cards_) {
    if (card->isChosen()) return card;
  }
  return nullptr;
}

void DiskList::choose(DiskCard* card, bool tell) {
  if (card && !card->canBeChosen()) return;
  const bool changes = card != chosen();
  const auto usable = std::find_if(cards_.begin(), cards_.end(),
                                   [](const DiskCard* it) { return it->canBeChosen(); });
  DiskCard* stop = card                     ? card
                   : usable != cards_.end() ? *usable
                   : cards_.empty()         ? nullptr
                                            : cards_.front();
  for (DiskCard* other : cards_) {
    other->setChosen(other == card);
    if (other->HasFocus()) stop = other;
  }
  setTabStop(stop);
  if (tell && (changes || !card)) send(EVT_DISK_SELECTED);
}

void DiskList::onActivated(wxCommandEvent& event) {
  auto* card = static_cast<DiskCard*>(event.GetEventObject());
  if (!card->canBeChosen()) return;
  choose(card, true);
  send(EVT_DISK_ACTIVATED);
}

void DiskList::onKey(wxKeyEvent& event) {
  if (cards_.empty() || event.HasAnyModifiers()) return event.Skip();
  const auto has = std::find_if(cards_.begin(), cards_.end(),
                                [](const DiskCard* card) { return card->HasFocus(); });
  switch (event.GetKeyCode()) {
    case WXK_DOWN:
    case WXK_RIGHT:
      if (has == cards_.end()) return moveFocus(cards_.front());
      if (std::next(has) != cards_.end()) moveFocus(*std::next(has));
      return;
    case WXK_UP:
    case WXK_LEFT:
      if (has != cards_.begin()) moveFocus(*std::prev(has));
      return;
    case WXK_HOME:
      return moveFocus(cards_.front());
    case WXK_END:
      return moveFocus(cards_.back());
    default:
      event.Skip();
  }
}

void DiskList::setTabStop(DiskCard* only) {
  for (DiskCard* card : cards_) card->setTabStop(card == only);
}

void DiskList::focus(DiskCard* card) {
  card->setTabStop(true);
  card->SetFocus();
  setTabStop(card);
}

// As with radio buttons, the choice goes with the focus; a card that cannot be chosen is only read.
void DiskList::moveFocus(DiskCard* card) {
  focus(card);
  if (card->canBeChosen()) choose(card, true);
}

void DiskList::arrange() {
  const int width = GetClientSize().x;
  arrangedWidth_ = width;
  const int cardWidth = std::max(1, width);
  for (DiskCard* card : cards_) card->SetMinSize({-1, card->heightFor(cardWidth)});
  FitInside();
  Layout();
}

void DiskList::send(wxEventType type) {
  wxCommandEvent event(type, GetId());
  event.SetEventObject(this);
  const DiskCard* card = chosen();
  event.SetString(card ? fromUtf8(card->disk().stableName()) : wxString());
  const auto at = std::find(cards_.begin(), cards_.end(), card);
  event.SetInt(at == cards_.end() ? -1 : static_cast<int>(at - cards_.begin()));
  ProcessWindowEvent(event);
}

}  // namespace disktwin::gui
