//! The order in which Go's `sort.Sort` leaves things: kubectl sorts with it, and so ties come out as it happens to leave them.
//!
//! It is pattern-defeating quicksort, not stable but always the same for the same comparisons (Go 1.19 and later). Up to
//! twelve are sorted by insertion, which is what makes ties of few keep their order.

/// Up to so many are sorted by insertion.
const FEW: usize = 12;
/// From so many on the pivot is the median of three medians.
const MANY: usize = 50;
/// The most swaps that choosing a pivot may take: with so many the part is taken to be descending.
const MOST_SWAPS: usize = 4 * 3;

/// The places `0..count` in the order that `less` gives. `less` may contradict itself, as kubectl's does about what lacks the
/// field: the result is Go's then too.
pub fn sorted(count: usize, less: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut sorter = Sorter { places: (0..count).collect(), less };
    let limit = usize::BITS - count.leading_zeros();
    sorter.sort(0, count, limit);
    sorter.places
}

/// What choosing a pivot tells of a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hint {
    Unknown,
    Increasing,
    Decreasing,
}

struct Sorter<'a> {
    places: Vec<usize>,
    less: &'a dyn Fn(usize, usize) -> bool,
}

impl Sorter<'_> {
    fn less(&self, one: usize, other: usize) -> bool {
        (self.less)(self.places[one], self.places[other])
    }

    fn swap(&mut self, one: usize, other: usize) {
        self.places.swap(one, other);
    }

    fn sort(&mut self, mut from: usize, mut to: usize, mut limit: u32) {
        let (mut balanced, mut partitioned) = (true, true);
        loop {
            let length = to - from;
            if length <= FEW {
                return self.insert(from, to);
            }
            if limit == 0 {
                return self.heap(from, to);
            }
            if !balanced {
                self.scatter(from, to);
                limit -= 1;
            }
            let (mut pivot, mut hint) = self.choose(from, to);
            if hint == Hint::Decreasing {
                self.places[from..to].reverse();
                pivot = to - 1 - (pivot - from);
                hint = Hint::Increasing;
            }
            if balanced && partitioned && hint == Hint::Increasing && self.insert_a_few(from, to) {
                return;
            }
            // What is before the part is not greater than any of it: a pivot that is not greater than that is its least.
            if from > 0 && !self.less(from - 1, pivot) {
                from = self.split_off_equal(from, to, pivot);
                continue;
            }
            let (middle, already) = self.split(from, to, pivot);
            partitioned = already;
            let (left, right) = (middle - from, to - middle);
            if left < right {
                balanced = left >= length / 8;
                self.sort(from, middle, limit);
                from = middle + 1;
            } else {
                balanced = right >= length / 8;
                self.sort(middle + 1, to, limit);
                to = middle;
            }
        }
    }

    fn insert(&mut self, from: usize, to: usize) {
        for end in from + 1..to {
            let mut at = end;
            while at > from && self.less(at, at - 1) {
                self.swap(at, at - 1);
                at -= 1;
            }
        }
    }

    fn heap(&mut self, from: usize, to: usize) {
        let length = to - from;
        for root in (0..length / 2).rev() {
            self.sift_down(root, length, from);
        }
        for end in (0..length).rev() {
            self.swap(from, from + end);
            self.sift_down(0, end, from);
        }
    }

    fn sift_down(&mut self, mut root: usize, to: usize, first: usize) {
        loop {
            let mut child = 2 * root + 1;
            if child >= to {
                return;
            }
            if child + 1 < to && self.less(first + child, first + child + 1) {
                child += 1;
            }
            if !self.less(first + root, first + child) {
                return;
            }
            self.swap(first + root, first + child);
            root = child;
        }
    }

    /// Puts the pivot at its place: what is less before it, the rest behind it. Gives its place, and whether all was so
    /// already.
    fn split(&mut self, from: usize, to: usize, pivot: usize) -> (usize, bool) {
        self.swap(from, pivot);
        let (mut low, mut high) = (from + 1, to - 1);
        while low <= high && self.less(low, from) {
            low += 1;
        }
        while low <= high && !self.less(high, from) {
            high -= 1;
        }
        if low > high {
            self.swap(high, from);
            return (high, true);
        }
        self.swap(low, high);
        low += 1;
        high -= 1;
        loop {
            while low <= high && self.less(low, from) {
                low += 1;
            }
            while low <= high && !self.less(high, from) {
                high -= 1;
            }
            if low > high {
                break;
            }
            self.swap(low, high);
            low += 1;
            high -= 1;
        }
        self.swap(high, from);
        (high, false)
    }

    /// Puts what equals the pivot first; gives where what is greater begins.
    fn split_off_equal(&mut self, from: usize, to: usize, pivot: usize) -> usize {
        self.swap(from, pivot);
        let (mut low, mut high) = (from + 1, to - 1);
        loop {
            while low <= high && !self.less(from, low) {
                low += 1;
            }
            while low <= high && self.less(from, high) {
                high -= 1;
            }
            if low > high {
                return low;
            }
            self.swap(low, high);
            low += 1;
            high -= 1;
        }
    }

    /// Sorts a part that is nearly sorted; gives whether it is sorted then.
    fn insert_a_few(&mut self, from: usize, to: usize) -> bool {
        const STEPS: usize = 5;
        const SHORTEST: usize = 50;
        let mut at = from + 1;
        for _ in 0..STEPS {
            while at < to && !self.less(at, at - 1) {
                at += 1;
            }
            if at == to {
                return true;
            }
            if to - from < SHORTEST {
                return false;
            }
            self.swap(at, at - 1);
            // The smaller one goes down, the greater one up.
            if at - from >= 2 {
                for down in (1..at).rev() {
                    if !self.less(down, down - 1) {
                        break;
                    }
                    self.swap(down, down - 1);
                }
            }
            if to - at >= 2 {
                for up in at + 1..to {
                    if !self.less(up, up - 1) {
                        break;
                    }
                    self.swap(up, up - 1);
                }
            }
        }
        false
    }

    /// Breaks a pattern that made parts uneven, by chance that is always the same.
    fn scatter(&mut self, from: usize, to: usize) {
        let length = to - from;
        if length < 8 {
            return;
        }
        let mut random = length as u64;
        let modulus = 1_usize << (usize::BITS - length.leading_zeros());
        let index = from + (length / 4) * 2;
        for step in 0..3 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let mut other = (random as usize) & (modulus - 1);
            if other >= length {
                other -= length;
            }
            self.swap(index - 1 + step, from + other);
        }
    }

    fn choose(&self, from: usize, to: usize) -> (usize, Hint) {
        let length = to - from;
        let mut swaps = 0;
        let quarter = length / 4;
        let [mut first, mut second, mut third] = [from + quarter, from + quarter * 2, from + quarter * 3];
        if length >= 8 {
            if length >= MANY {
                first = self.median(first - 1, first, first + 1, &mut swaps);
                second = self.median(second - 1, second, second + 1, &mut swaps);
                third = self.median(third - 1, third, third + 1, &mut swaps);
            }
            second = self.median(first, second, third, &mut swaps);
        }
        match swaps {
            0 => (second, Hint::Increasing),
            MOST_SWAPS => (second, Hint::Decreasing),
            _ => (second, Hint::Unknown),
        }
    }

    fn median(&self, mut one: usize, mut two: usize, mut three: usize, swaps: &mut usize) -> usize {
        let mut order = |one: &mut usize, two: &mut usize| {
            if self.less(*two, *one) {
                *swaps += 1;
                std::mem::swap(one, two);
            }
        };
        order(&mut one, &mut two);
        order(&mut two, &mut three);
        order(&mut one, &mut two);
        two
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What `kubectl get nodes --sort-by=.metadata.labels.k` of version 1.33 made of nodes 0, 1, 2 … with these labels.
    const RECORDED: &str = include_str!("../../../tests/fixtures/kubectl_order.txt");

    /// The label of a node; `None` for one that has none.
    type Label = fn(usize) -> Option<usize>;

    #[test]
    fn ties_come_out_as_kubectl_leaves_them() {
        let labels: [(&str, Label); 6] = [
            ("five", |node| Some(node * 7 % 5)),
            ("few", |node| Some(node * 7 % 3)),
            ("many", |node| Some(node * 31 % 17)),
            ("none", |node| (node % 3 != 0).then_some(node % 4)),
            ("down", |node| Some(100 - node / 2)),
            ("mixed", |node| (node % 10 != 0).then_some(node * node % 11)),
        ];
        for (name, label) in labels {
            let order = RECORDED.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap();
            let order: Vec<usize> = order.split(' ').map(|place| place.parse().unwrap()).collect();
            let less = |one: usize, other: usize| match (label(one), label(other)) {
                (None, _) => true,
                (_, None) => false,
                (Some(one), Some(other)) => one < other,
            };
            assert_eq!(sorted(order.len(), &less), order, "{name}");
        }
    }

    proptest! {
        #[test]
        fn everything_is_there_once_and_in_order(keys in prop::collection::vec(0_u8..9, 0..400)) {
            let order = sorted(keys.len(), &|one, other| keys[one] < keys[other]);
            prop_assert!(order.windows(2).all(|pair| keys[pair[0]] <= keys[pair[1]]));
            let mut places = order;
            places.sort_unstable();
            prop_assert_eq!(places, (0..keys.len()).collect::<Vec<_>>());
        }

        #[test]
        fn comparisons_that_contradict_themselves_end(keys in prop::collection::vec(prop::option::of(0_u8..4), 0..300)) {
            let less = |one: usize, other: usize| keys[one].is_none() || keys[one] < keys[other];
            let mut places = sorted(keys.len(), &less);
            places.sort_unstable();
            prop_assert_eq!(places, (0..keys.len()).collect::<Vec<_>>());
        }
    }
}
