//! Instructions that a pattern becomes, put together from fragments.
//!
//! Jumps are relative, so that a fragment can be moved and repeated.

use super::set::CharSet;

/// What must hold between two characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assertion {
    /// Nothing comes before.
    Start,
    /// Nothing comes after.
    End,
    /// A word begins or ends.
    WordBoundary,
    /// No word begins or ends.
    NoWordBoundary,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instruction {
    /// Takes one character of this set.
    Take(usize),
    /// Goes on at both.
    Split(isize, isize),
    /// Goes on there.
    Jump(isize),
    /// Goes on behind if this holds.
    Assert(Assertion),
}

/// A part of a pattern. It matches where its end is reached.
#[derive(Debug, Clone, Default)]
pub(super) struct Fragment(Vec<Instruction>);

/// Too many instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLarge;

/// A whole pattern.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub instructions: Vec<Instruction>,
    pub sets: Vec<CharSet>,
}

/// Makes fragments, of at most so many instructions each.
#[derive(Debug)]
pub(super) struct Builder {
    sets: Vec<CharSet>,
    limit: usize,
}

impl Builder {
    pub const fn new(limit: usize) -> Self {
        Self {
            sets: Vec::new(),
            limit,
        }
    }

    pub fn take(&mut self, set: CharSet) -> Fragment {
        let known = self.sets.iter().position(|known| *known == set);
        let at = known.unwrap_or_else(|| {
            self.sets.push(set);
            self.sets.len().saturating_sub(1)
        });
        Fragment(vec![Instruction::Take(at)])
    }

    pub fn assert(assertion: Assertion) -> Fragment {
        Fragment(vec![Instruction::Assert(assertion)])
    }

    /// One after the other.
    pub fn sequence(
        &self,
        parts: impl IntoIterator<Item = Fragment>,
    ) -> Result<Fragment, TooLarge> {
        let mut all = Vec::new();
        for Fragment(part) in parts {
            all.extend(part);
            self.check(&all)?;
        }
        Ok(Fragment(all))
    }

    /// Either.
    pub fn either(&self, left: Fragment, right: Fragment) -> Result<Fragment, TooLarge> {
        let mut all = vec![Instruction::Split(1, after(&left, 2))];
        let over = Instruction::Jump(after(&right, 1));
        all.extend(left.0);
        all.push(over);
        all.extend(right.0);
        self.check(&all)?;
        Ok(Fragment(all))
    }

    /// At least `least` times and at most `most` times.
    pub fn repeat(
        &self,
        part: &Fragment,
        least: usize,
        most: Option<usize>,
    ) -> Result<Fragment, TooLarge> {
        let mut all = Vec::new();
        for _ in 0..least {
            all.extend(&part.0);
            self.check(&all)?;
        }
        match most {
            None => {
                all.push(Instruction::Split(1, after(part, 2)));
                all.extend(&part.0);
                all.push(Instruction::Jump(after(part, 1).saturating_neg()));
            }
            Some(most) => {
                let rest = most.saturating_sub(least);
                let each = part.0.len().saturating_add(1);
                if rest.saturating_mul(each) > self.limit {
                    return Err(TooLarge);
                }
                for left in (1..=rest).rev() {
                    let over = left.saturating_mul(each);
                    let over = isize::try_from(over).map_err(|_| TooLarge)?;
                    all.push(Instruction::Split(1, over));
                    all.extend(&part.0);
                }
            }
        }
        self.check(&all)?;
        Ok(Fragment(all))
    }

    pub fn finish(self, whole: Fragment) -> Program {
        Program {
            instructions: whole.0,
            sets: self.sets,
        }
    }

    fn check(&self, instructions: &[Instruction]) -> Result<(), TooLarge> {
        if instructions.len() > self.limit {
            return Err(TooLarge);
        }
        Ok(())
    }
}

/// The way over a fragment and `more`.
fn after(part: &Fragment, more: usize) -> isize {
    isize::try_from(part.0.len().saturating_add(more)).unwrap_or(isize::MAX)
}
