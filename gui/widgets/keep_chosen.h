// Of a list in which several rows can be chosen: all of them can be dragged.
#pragma once

class wxDataViewCtrl;

namespace disktwin::gui {

// Pressing one of several chosen rows leaves the others chosen, since a drag of all may follow;
// when it was a click, that row alone is chosen as soon as the button is let go of. To be called
// once.
void keepChosenForDrags(wxDataViewCtrl* list);

}  // namespace disktwin::gui
