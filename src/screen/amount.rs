//! Exact decimal numbers, for sums of what rows state.
//!
//! No floating point: what is added is what was written. It does not know how amounts are spelt.

use std::cmp::Ordering;
use std::fmt;

/// Most digits after the point: more than any asset has.
const SCALE_MAX: u32 = 36;

/// An exact decimal number of up to 38 digits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decimal {
    units: i128,
    /// Digits after the point.
    scale: u32,
}

impl Decimal {
    /// Nothing.
    pub const ZERO: Self = Self { units: 0, scale: 0 };

    /// `digits` with the last `scale` of them after the point; `None`: too many of either.
    pub fn new(digits: &str, scale: u32) -> Option<Self> {
        let digits = digits.trim_start_matches('0');
        if scale > SCALE_MAX || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let units = match digits {
            "" => 0,
            digits => digits.parse().ok()?,
        };
        Some(Self { units, scale })
    }

    /// The number moved by `power` powers of ten.
    pub fn shifted(self, power: i32) -> Option<Self> {
        let scale = i64::from(self.scale) - i64::from(power);
        if let Ok(scale) = u32::try_from(scale) {
            return (scale <= SCALE_MAX || self.units == 0).then_some(Self {
                scale: scale.min(SCALE_MAX),
                ..self
            });
        }
        let zeros = u32::try_from(-scale).ok()?;
        let units = match self.units {
            0 => 0,
            units => units.checked_mul(10_i128.checked_pow(zeros)?)?,
        };
        Some(Self { units, scale: 0 })
    }

    /// Both in the same scale.
    fn aligned(self, other: Self) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        let up = |n: Self| n.units.checked_mul(10_i128.checked_pow(scale - n.scale)?);
        // Zeros at the end are no reason to give up.
        match (up(self), up(other)) {
            (Some(a), Some(b)) => Some((a, b, scale)),
            _ => {
                let (a, b) = (self.trimmed(), other.trimmed());
                let scale = a.scale.max(b.scale);
                let up = |n: Self| n.units.checked_mul(10_i128.checked_pow(scale - n.scale)?);
                Some((up(a)?, up(b)?, scale))
            }
        }
    }

    fn trimmed(mut self) -> Self {
        while self.scale > 0 && self.units % 10 == 0 {
            self.units /= 10;
            self.scale -= 1;
        }
        self
    }

    /// The sum; `None`: it has more digits than are kept.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other)?;
        let units = a.checked_add(b)?;
        Some(Self { units, scale })
    }

    /// Without its sign.
    pub const fn abs(self) -> Self {
        Self {
            units: self.units.saturating_abs(),
            ..self
        }
    }

    /// With the other sign.
    pub const fn negated(self) -> Self {
        Self {
            units: self.units.saturating_neg(),
            ..self
        }
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.units == 0
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match self.aligned(*other) {
            Some((a, b, _)) => a.cmp(&b),
            // One is far longer before the point than the other.
            None => {
                let whole = |n: Self| n.units / 10_i128.pow(n.scale.min(38));
                whole(*self).cmp(&whole(*other))
            }
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.trimmed();
        let sign = if n.units < 0 { "-" } else { "" };
        let width = n.scale as usize + 1;
        let digits = format!("{:0>width$}", n.units.unsigned_abs());
        let (whole, part) = digits.split_at(digits.len() - n.scale as usize);
        match part {
            "" => write!(f, "{sign}{whole}"),
            part => write!(f, "{sign}{whole}.{part}"),
        }
    }
}

/// What a row's amount says: how much of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// How much; `None`: the amount could not be read.
    pub value: Option<Decimal>,
    /// The asset as the row writes it, else as the amount or its heading does; empty: not stated.
    pub asset: Box<str>,
    /// The heading of the amount's column.
    pub column: Box<str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let plain = format!("{}{part}", whole.trim_start_matches('-'));
        let n = Decimal::new(&plain, part.len() as u32).unwrap();
        if whole.starts_with('-') {
            n.negated()
        } else {
            n
        }
    }

    #[test]
    fn sums_are_exact() {
        let sum = |texts: &[&str]| {
            let all = texts.iter().map(|t| d(t));
            all.fold(Decimal::ZERO, |a, b| a.checked_add(b).unwrap())
                .to_string()
        };
        // Not 0.30000000000000004.
        assert_eq!(sum(&["0.1", "0.2"]), "0.3");
        assert_eq!(sum(&["1.50", "1.5"]), "3");
        assert_eq!(sum(&["1", "-1.000"]), "0");
        assert_eq!(sum(&["-0.05", "0.02"]), "-0.03");
        assert_eq!(
            sum(&["0.000000000000000001", "120000000"]),
            "120000000.000000000000000001"
        );
        assert_eq!(sum(&["007", "0"]), "7");
    }

    #[test]
    fn what_is_too_long_is_said_not_rounded() {
        let most = Decimal::new("99999999999999999999999999999999999999", 0).unwrap();
        assert_eq!(most.checked_add(d("0.1")), None);
        assert!(most.checked_add(d("1.0")).is_some());
        // 2^256 - 1, an unlimited approval.
        let limitless =
            "115792089237316195423570985008687907853269984665640564039457584007913129639935";
        assert_eq!(Decimal::new(limitless, 0), None);
        assert_eq!(Decimal::new("1", 37), None);
        assert_eq!(d("1").shifted(39), None);
        assert!(most > d("0.000000000000000000000000000000000001"));
    }

    #[test]
    fn powers_of_ten() {
        assert_eq!(d("6.0").shifted(-7).unwrap().to_string(), "0.0000006");
        assert_eq!(d("1.5").shifted(3).unwrap().to_string(), "1500");
        assert_eq!(d("0").shifted(-99).unwrap(), Decimal::ZERO);
        assert!(d("2") > d("1.999") && d("-2") < d("1"));
    }
}
