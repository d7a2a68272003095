//! Bytes compared and searched a word at a time: wasm has no instruction for either, and
//! its library takes one byte after the other.

const ONES: u64 = 0x0101_0101_0101_0101;

/// Whether both are the same.
pub(crate) fn are_equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let (Some(left_end), Some(right_end)) = (left.last_chunk::<8>(), right.last_chunk::<8>())
    else {
        return left == right;
    };
    let words = left.as_chunks::<8>().0.iter().zip(right.as_chunks::<8>().0);
    left_end == right_end && words.into_iter().all(|(left, right)| left == right)
}

/// Whether `text` begins with all of `start`.
pub(crate) fn begins_with(text: &[u8], start: &[u8]) -> bool {
    let text = text.get(..start.len());
    text.is_some_and(|text| are_equal(text, start))
}

/// Where `byte` is first.
pub(crate) fn position(text: &[u8], byte: u8) -> Option<usize> {
    let (words, rest) = text.as_chunks();
    let searched = u64::from(byte) * ONES;
    for (number, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word) ^ searched;
        // A byte borrows where it is 0, and where it has its highest bit, which is masked. Those
        // above one that is 0 may borrow, too.
        let zeros = word.wrapping_sub(ONES) & !word & ONES << 7;
        if zeros != 0 {
            return Some(number * 8 + zeros.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|&other| other == byte)?;
    Some(words.len() * 8 + at)
}

/// Words that have all of `text`: of two that are as long as each other, the same words only
/// if they are the same.
pub(crate) fn words(text: &[u8]) -> impl Iterator<Item = u64> {
    // The last word may repeat some of the one before.
    let last = text.last_chunk().copied().map(u64::from_le_bytes);
    let last = last.unwrap_or_else(|| {
        let bytes = text.iter();
        bytes.fold(0, |word, &byte| word << 8 | u64::from(byte))
    });
    let words = text.as_chunks().0.iter();
    words.map(|word| u64::from_le_bytes(*word)).chain([last])
}
