//! Room in lists that grow by millions.

/// Lets so many more items be added: twice the room, as [`Vec`] makes it, is more
/// than what is left of a page's memory.
pub(super) fn make_room<T>(items: &mut Vec<T>, more: usize) {
    if items.capacity().saturating_sub(items.len()) < more {
        items.reserve_exact(more.max(items.len() / 4).max(16));
    }
}

/// Gives back room of which there is much.
pub(super) fn trim_room<T>(items: &mut Vec<T>) {
    if items.capacity().saturating_sub(items.len()) > items.len() / 32 {
        items.shrink_to_fit();
    }
}
