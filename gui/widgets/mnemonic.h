// Where the letter of a label leads, where GTK would stop on the way.
#pragma once

class wxListBox;
class wxStaticText;

namespace disktwin::gui {

// To the rows of the list; by itself it leads to the frame around them, from which no key does
// anything. To be called once; the label goes with, or before, the list.
void leadTo(wxStaticText* label, wxListBox* list);

}  // namespace disktwin::gui
