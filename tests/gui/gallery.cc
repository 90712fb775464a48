// Shows every widget with made-up disks.
//   gui_gallery [PAGE]             tasks, disks, fit, room, run, bars, changing
//   gui_gallery --save FOLDER      every page as a picture, PAGE.png
#include <wx/app.h>
#include <wx/button.h>
#include <wx/dcclient.h>
#include <wx/dcmemory.h>
#include <wx/frame.h>
#include <wx/image.h>
#include <wx/sizer.h>
#include <wx/timer.h>
#include <wx/wxcrtvararg.h>

#include <cmath>
#include <cstdio>
#include <functional>

#include "gui/widgets/disk_bar.h"
#include "gui/widgets/disk_list.h"
#include "gui/widgets/fit_editor.h"
#include "gui/widgets/flow_text.h"
#include "gui/widgets/hold_button.h"
#include "gui/widgets/rate_graph.h"
#include "gui/widgets/size_text.h"
#include "gui/widgets/task_button.h"
#include "gui/widgets/theme.h"
#include "gui/widgets/words.h"
#include "tests/gui/gallery_data.h"

namespace disktwin::gui::test {
namespace {

void addTitle(wxWindow* page, wxSizer* sizer, const char* title, const char* sentence) {
  sizer->Add(new FlowText(page, title, FlowText::Style::Big), wxSizerFlags().Expand());
  sizer->AddSpacer(page->FromDIP(4));
  sizer->Add(new FlowText(page, sentence, FlowText::Style::Muted), wxSizerFlags().Expand());
  sizer->AddSpacer(page->FromDIP(16));
}

void makeTasks(wxWindow* page, wxSizer* sizer) {
  addTitle(page, sizer, "What do you want to do?",
           "Nothing is written before you have seen what will happen and have said yes.");
  auto* grid = new wxFlexGridSizer(2, page->FromDIP(8), page->FromDIP(8));
  grid->AddGrowableCol(0, 1);
  grid->AddGrowableCol(1, 1);
  const auto add = [&](TaskIcon icon, const char* title, const char* sentence) {
    grid->Add(new TaskButton(page, icon, title, sentence), wxSizerFlags().Expand());
  };
  add(TaskIcon::DiskToDisk, "Copy a disk to another disk",
      "Everything on it, ready to start from. The new disk may be smaller or larger.");
  add(TaskIcon::SystemToDisk, "Move a system to another disk",
      "Windows or Linux alone, with what it needs to start.");
  add(TaskIcon::DiskToFile, "Save a disk in a file",
      "Compressed, and encrypted if you like. Later times save only what has changed.");
  add(TaskIcon::FileToDisk, "Put a saved disk back", "Onto the same disk or another one.");
  add(TaskIcon::Look, "Look into a disk or a saved disk",
      "Take single files out, check it, or see whether it would start.");
  sizer->Add(grid, wxSizerFlags().Expand());
}

void makeDisks(wxWindow* page, wxSizer* sizer) {
  addTitle(page, sizer, "Which disk is to be copied?", "It is only read; nothing on it changes.");
  auto* list = new DiskList(page, "Disk to be copied");
  list->setDisks(someDisks());
  list->select(laptopDisk().stableName());
  sizer->Add(list, wxSizerFlags(1).Expand());
  list->Bind(EVT_DISK_SELECTED, [](wxCommandEvent& event) {
    wxPrintf("selected %d %s\n", event.GetInt(), event.GetString());
  });
  list->Bind(EVT_DISK_ACTIVATED, [](wxCommandEvent& event) {
    wxPrintf("activated %d %s\n", event.GetInt(), event.GetString());
  });
}

void addFit(wxWindow* page, wxSizer* sizer, const Disk& target, const Fitting& fitting) {
  auto* editor = new FitEditor(page);
  FitEditor::Sides sides;
  sides.source = laptopDisk().title() + ", " + sizeText(laptopDisk().size);
  sides.sourceSize = laptopDisk().size;
  sides.target = target.title() + ", " + sizeText(target.size);
  editor->set(fitting, sides);
  sizer->Add(editor, wxSizerFlags(1).Expand());
  editor->Bind(EVT_FIT_CHANGED, [editor](wxCommandEvent&) {
    wxPrintf("fit %s%s\n", editor->fitting().option(), editor->hasErrors() ? " with errors" : "");
  });
}

void makeFit(wxWindow* page, wxSizer* sizer) {
  addTitle(page, sizer, "How large is each partition to be?",
           "The new disk is smaller. This is what fits.");
  addFit(page, sizer, smallSsd(), someFitting());
}

void makeRoom(wxWindow* page, wxSizer* sizer) {
  addTitle(page, sizer, "How large is each partition to be?", "The new disk is larger.");
  addFit(page, sizer, largeSsd(), someLargerFitting());
}

void makeRun(wxWindow* page, wxSizer* sizer) {
  addTitle(page, sizer, "Copying", "You can go on working meanwhile.");
  auto* graph = new RateGraph(page);
  double seconds = 0;
  for (int i = 0; i < 900; ++i) {
    seconds += i == 500 ? 120 : 0.5;
    if (i == 500) graph->pause();
    graph->add(seconds, 430e6 + 60e6 * std::sin(i / 40.0) + 25e6 * std::sin(i * 1.7) -
                            (i > 700 ? 180e6 : 0));
  }
  sizer->Add(graph, wxSizerFlags().Expand());
  sizer->AddSpacer(page->FromDIP(16));
  sizer->Add(new FlowText(page, durationText(5100) + " left", FlowText::Style::Heading),
             wxSizerFlags().Expand());
  sizer->Add(new FlowText(page, "A warning: the battery is at 18 %. Connect the power supply.",
                          FlowText::Style::Warning),
             wxSizerFlags().Expand());
  sizer->AddSpacer(page->FromDIP(16));
  auto* hold = new HoldButton(page, "Hold to erase CT250MX500SSD1 and start");
  hold->Bind(EVT_HELD, [](wxCommandEvent&) { wxPrintf("held\n"); });
  sizer->Add(hold, wxSizerFlags());
  auto* off = new HoldButton(page, "Hold to start");
  off->Enable(false);
  sizer->Add(off, wxSizerFlags());
}

void makeBars(wxWindow* page, wxSizer* sizer) {
  addTitle(page, sizer, "Bars", "Everything that a bar can show.");
  Disk mixed = laptopDisk();
  const char* filesystems[] = {"ext4", "ntfs",        "vfat",        "xfs",  "btrfs",
                               "swap", "crypto_LUKS", "LVM2_member", "f2fs", ""};
  mixed.partitions.clear();
  std::uint64_t offset = 1 << 20;
  for (const char* filesystem : filesystems) {
    Partition part;
    part.number = static_cast<std::uint32_t>(mixed.partitions.size() + 1);
    part.filesystem = filesystem;
    part.offset = offset;
    part.size = 40ULL << 30;
    part.used = 22ULL << 30;
    part.role = part.number == 1 ? "OS" : "data";
    offset += part.size;
    mixed.partitions.push_back(part);
  }
  Disk fresh;
  fresh.table = "none";
  Disk many = mixed;
  for (int i = 0; i < 10; ++i) many.partitions.push_back(mixed.partitions[0]);
  for (const Disk& disk : {laptopDisk(), mixed, usbStick(), unreadableDisk(), fresh, many}) {
    auto* bar = new DiskBar(page);
    bar->setDisk(disk);
    sizer->Add(bar, wxSizerFlags().Expand().Border(wxBOTTOM, page->FromDIP(12)));
  }
}

// Disks that come and go while one looks at them.
void makeChanging(wxWindow* page, wxSizer* sizer) {
  auto* list = new DiskList(page, "Disks");
  auto* editor = new FitEditor(page);
  sizer->Add(list, wxSizerFlags(1).Expand());
  sizer->Add(editor, wxSizerFlags(1).Expand());
  list->Bind(EVT_DISK_SELECTED, [](wxCommandEvent& event) {
    wxPrintf("selected %d %s\n", event.GetInt(), event.GetString());
  });
  auto* timer = new wxTimer(page);
  page->Bind(wxEVT_DESTROY, [page, timer](wxWindowDestroyEvent& event) {
    if (event.GetEventObject() == page) delete timer;
    event.Skip();
  });
  int step = 0;
  page->Bind(wxEVT_TIMER, [list, editor, step](wxTimerEvent&) mutable {
    std::vector<DiskList::Entry> entries = someDisks();
    const int state = step++ % 5;
    if (state == 1) entries.erase(entries.begin());
    if (state == 2) std::swap(entries[0], entries[3]);
    if (state == 3) entries[1].reason = "It is in use.";
    if (state == 4) entries.clear();
    list->setDisks(entries);
    const Fitting all = someFitting();
    std::vector<FitPart> parts = all.parts();
    if (state % 2 == 1) parts.erase(parts.begin(), parts.begin() + 3);
    editor->set(Fitting(parts, all.room()), {"one", laptopDisk().size, "another"});
  });
  timer->Start(500);
}

struct Page {
  const char* name;
  void (*make)(wxWindow*, wxSizer*);
};
constexpr Page kPages[] = {{"tasks", makeTasks},      {"disks", makeDisks}, {"fit", makeFit},
                           {"room", makeRoom},        {"run", makeRun},     {"bars", makeBars},
                           {"changing", makeChanging}};

class Gallery : public wxFrame {
 public:
  explicit Gallery(const wxString& folder)
      : wxFrame(nullptr, wxID_ANY, "Widgets", wxDefaultPosition, wxSize(1024, 700)),
        folder_(folder) {
    timer_.SetOwner(this);
    Bind(wxEVT_TIMER, &Gallery::onTimer, this);
    Bind(wxEVT_CLOSE_WINDOW, [this](wxCloseEvent& event) {
      timer_.Stop();
      event.Skip();
    });
  }

  void show(std::size_t which) {
    which_ = which;
    if (page_) page_->Destroy();
    page_ = new wxPanel(this);
    auto* inner = new wxBoxSizer(wxVERTICAL);
    kPages[which].make(page_, inner);
    auto* outer = new wxBoxSizer(wxVERTICAL);
    outer->Add(inner, wxSizerFlags(1).Expand().Border(wxALL, FromDIP(24)));
    page_->SetSizer(outer);
    page_->SetSize(GetClientSize());
    page_->Layout();
    if (!folder_.empty()) timer_.StartOnce(1000);
  }

 private:
  void onTimer(wxTimerEvent&) {
    const wxSize size = GetClientSize();
    wxBitmap bitmap(size);
    wxClientDC screen(this);
    wxMemoryDC memory(bitmap);
    memory.Blit(0, 0, size.x, size.y, &screen, 0, 0);
    memory.SelectObject(wxNullBitmap);
    bitmap.SaveFile(folder_ + '/' + kPages[which_].name + ".png", wxBITMAP_TYPE_PNG);
    if (which_ + 1 == std::size(kPages)) {
      Close();
    } else {
      show(which_ + 1);
    }
  }

  wxString folder_;
  wxTimer timer_;
  wxPanel* page_ = nullptr;
  std::size_t which_ = 0;
};

class GalleryApp : public wxApp {
 public:
  bool OnInit() override {
    wxInitAllImageHandlers();
    // Whoever reads it along waits for lines.
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const bool saves = argc == 3 && argv[1] == "--save";
    std::size_t which = 0;
    for (std::size_t i = 0; i < std::size(kPages); ++i) {
      if (argc > 1 && argv[1] == kPages[i].name) which = i;
    }
    auto* gallery = new Gallery(saves ? wxString(argv[2]) : wxString());
    gallery->Show();
    gallery->show(which);
    return true;
  }
};

}  // namespace
}  // namespace disktwin::gui::test

wxIMPLEMENT_APP(disktwin::gui::test::GalleryApp);
