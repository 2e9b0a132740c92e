(* Monotone maps of finite chains, and what layers that are such maps cannot do.

   A layer in rounded arithmetic has finitely many states. Where a letter acts as a monotone map of
   a finite total order, its orbits become constant; where it acts as an antitone one, their period
   divides 2. Nothing is assumed of the decoder. *)

From Coq Require Import List Arith Lia QArith Bool.
Import ListNotations.

Fixpoint iterate {X} (f : X -> X) (n : nat) (x : X) : X :=
  match n with O => x | S n => f (iterate f n x) end.

Lemma iterate_shift {X} (f : X -> X) n x : iterate f n (f x) = f (iterate f n x).
Proof. induction n; simpl; congruence. Qed.

Lemma iterate_plus {X} (f : X -> X) m n x : iterate f (m + n) x = iterate f m (iterate f n x).
Proof. induction m; simpl; congruence. Qed.

Lemma iterate_constant {X} (f : X -> X) n x :
  iterate f (S n) x = iterate f n x -> forall m, (n <= m)%nat -> iterate f m x = iterate f n x.
Proof.
  intros H m. induction m as [|m IH]; intro L.
  - now replace n with O by lia.
  - destruct (Nat.eq_dec (S m) n) as [<-|D]; trivial.
    simpl. rewrite IH by lia. exact H.
Qed.

Section Chain.

Variables (X : Type) (le : X -> X -> Prop) (all : list X).
Hypothesis refl : forall x, le x x.
Hypothesis trans : forall x y z, le x y -> le y z -> le x z.
Hypothesis antisym : forall x y, le x y -> le y x -> x = y.
Hypothesis total : forall x y, le x y \/ le y x.
Hypothesis decidable : forall x y : X, {x = y} + {x <> y}.
Hypothesis finite : forall x, In x all.

Definition monotone (f : X -> X) := forall x y, le x y -> le (f x) (f y).
Definition antitone (f : X -> X) := forall x y, le x y -> le (f y) (f x).

Fixpoint orbit (f : X -> X) (n : nat) (x : X) : list X :=
  match n with O => [] | S n => iterate f n x :: orbit f n x end.

Lemma orbit_length f n x : length (orbit f n x) = n.
Proof. induction n; simpl; congruence. Qed.

Lemma in_orbit f n x y : In y (orbit f n x) -> exists k, (k < n)%nat /\ y = iterate f k x.
Proof.
  induction n; simpl; [easy|]. intros [<-|H].
  { exists n. split; [lia|trivial]. }
  destruct (IHn H) as (k & L & E). exists k. split; [lia|trivial].
Qed.

(* A sequence of steps that never goes down and never stays has no end, so it has a fixed point
   within as many steps as there are elements. *)
Lemma stays (R : X -> X -> Prop) f x :
  (forall x y z, R x y -> R y z -> R x z) -> (forall x, R x x) ->
  (forall x y, R x y -> R y x -> x = y) ->
  (forall n, R (iterate f n x) (iterate f (S n) x)) ->
  exists n, (n <= length all)%nat /\ iterate f (S n) x = iterate f n x.
Proof.
  intros T Rr An Up.
  assert (Long : forall m n, (m <= n)%nat -> R (iterate f m x) (iterate f n x)).
  { intros m n L. induction L; [apply Rr|]. now apply (T _ (iterate f m0 x)). }
  assert (Search : forall m, (exists n, (n < m)%nat /\ iterate f (S n) x = iterate f n x) \/
    (forall n, (n < m)%nat -> iterate f (S n) x <> iterate f n x)).
  { induction m as [|m [(n & L & E)|N]].
    - right. lia.
    - left. exists n. split; [lia|trivial].
    - destruct (decidable (iterate f (S m) x) (iterate f m x)) as [E|D].
      + left. exists m. split; [lia|trivial].
      + right. intros n L. destruct (Nat.eq_dec n m) as [->|]; trivial. apply N. lia. }
  destruct (Search (S (length all))) as [(n & L & E)|N].
  { exists n. split; [lia|trivial]. }
  exfalso.
  assert (D : forall m, (m <= S (length all))%nat -> NoDup (orbit f m x)).
  { induction m as [|m IH]; intro L; simpl; constructor; [|apply IH; lia].
    intro I. destruct (in_orbit _ _ _ _ I) as (k & K & E).
    apply (N k); [lia|]. apply An.
    - rewrite <- E. apply Long. lia.
    - apply Long. lia. }
  pose proof (NoDup_incl_length (D _ (le_n _)) (fun y _ => finite y)) as C.
  rewrite orbit_length in C. lia.
Qed.

Theorem monotone_eventually_constant f x : monotone f ->
  exists n, (n <= length all)%nat /\ forall m, (n <= m)%nat -> iterate f m x = iterate f n x.
Proof.
  intro M.
  assert (E : exists n, (n <= length all)%nat /\ iterate f (S n) x = iterate f n x).
  { destruct (total x (f x)) as [U|U].
    - apply (stays le); trivial. induction n; simpl; auto.
    - apply (stays (fun x y => le y x)); eauto. induction n; simpl; auto. }
  destruct E as (n & L & E). exists n. split; trivial. now apply iterate_constant.
Qed.

Theorem antitone_eventually_period_two f x : antitone f ->
  exists n, (n <= 2 * length all)%nat /\
  forall m, (n <= m)%nat -> iterate f (2 + m) x = iterate f m x.
Proof.
  intro M.
  assert (D : forall n x, iterate (fun x => f (f x)) n x = iterate f (2 * n) x).
  { induction n; intro y; trivial. simpl. rewrite IHn. now replace (n + S (n + 0))%nat with (S (n + (n + 0)))%nat by lia. }
  destruct (monotone_eventually_constant (fun x => f (f x)) x) as (n & L & E).
  { intros a b H. now apply M, M. }
  exists (2 * n)%nat. split; [lia|]. intros m H.
  destruct (Nat.le_exists_sub (2 * n) m H) as (d & -> & _).
  replace (2 + (d + 2 * n))%nat with (d + 2 * S n)%nat by lia.
  rewrite (iterate_plus f d (2 * S n)), (iterate_plus f d (2 * n)), <- !D.
  now rewrite (E (S n)) by lia.
Qed.

(* Parity of the number of letters read, from the first letter on, is out of reach of every decoder
   where the letter acts monotonically: the state after k and after k + 1 letters is one. *)
Theorem no_parity f h (decode : X -> bool) : monotone f ->
  ~ forall k, decode (iterate f (S k) h) = Nat.even (S k).
Proof.
  intros M H. destruct (monotone_eventually_constant f h M) as (n & _ & E).
  pose proof (H n) as A. pose proof (H (S n)) as B.
  rewrite (E (S n)) in A by lia. rewrite (E (S (S n))) in B by lia. rewrite A in B.
  rewrite Nat.even_succ_succ, Nat.even_succ, <- Nat.negb_even in B. now destruct (Nat.even n).
Qed.

(* Counting modulo m > 2 is out of reach where the letter acts antitonically. *)
Theorem antitone_counts_at_most_two f h (decode : X -> nat) m : antitone f -> (2 < m)%nat ->
  ~ forall k, decode (iterate f (S k) h) = (S k mod m)%nat.
Proof.
  intros M L H. destruct (antitone_eventually_period_two f h M) as (n & _ & E).
  assert (P : exists k, (n <= S k)%nat /\ (S k mod m = 0)%nat).
  { exists (pred (S n * m)). replace (S (pred (S n * m))) with (S n * m)%nat by nia.
    split; [nia|]. apply Nat.mod_mul. lia. }
  destruct P as (k & K & Z). pose proof (H k) as A. pose proof (H (2 + k)%nat) as B.
  change (S (2 + k)) with (2 + S k)%nat in B. rewrite (E (S k) K), A, Z in B.
  rewrite Nat.add_mod, Z, Nat.add_0_r, Nat.mod_mod, Nat.mod_small in B; lia.
Qed.

End Chain.

(* A scalar layer h <- round (round (a h) + b), the rounding any monotone map of the rationals into
   a finite chain. *)
Section Rounded.

Variables (X : Type) (value : X -> Q) (round : Q -> X) (all : list X).
Hypothesis decidable : forall x y : X, {x = y} + {x <> y}.
Hypothesis finite : forall x, In x all.
Hypothesis distinct : forall x y, value x == value y -> x = y.
Hypothesis round_monotone : forall p q, p <= q -> value (round p) <= value (round q).

Definition below (x y : X) := value x <= value y.

Definition affine (a b : Q) (h : X) : X := round (value (round (a * value h)) + b).

Lemma affine_monotone a b : 0 <= a -> monotone X below (affine a b).
Proof.
  intros P x y H. unfold below, affine in *. apply round_monotone, Qplus_le_compat; [|apply Qle_refl].
  apply round_monotone. rewrite (Qmult_comm a), (Qmult_comm a). now apply Qmult_le_compat_r.
Qed.

Lemma affine_antitone a b : a <= 0 -> antitone X below (affine a b).
Proof.
  intros P x y H. unfold below, affine in *. apply round_monotone, Qplus_le_compat; [|apply Qle_refl].
  apply round_monotone.
  setoid_replace (a * value y) with (- (value y * - a)) by ring.
  setoid_replace (a * value x) with (- (value x * - a)) by ring.
  apply Qopp_le_compat, Qmult_le_compat_r; trivial.
  setoid_replace 0 with (- 0) by ring. now apply Qopp_le_compat.
Qed.

Lemma below_antisym x y : below x y -> below y x -> x = y.
Proof. intros H K. now apply distinct, Qle_antisym. Qed.

Lemma below_total x y : below x y \/ below y x.
Proof. unfold below. destruct (Qlt_le_dec (value x) (value y)); auto using Qlt_le_weak. Qed.

Theorem nonnegative_layer_freezes a b h : 0 <= a ->
  exists n, (n <= length all)%nat /\
  forall m, (n <= m)%nat -> iterate (affine a b) m h = iterate (affine a b) n h.
Proof.
  intro P. apply (monotone_eventually_constant X below); trivial.
  - intro x. apply Qle_refl.
  - intros x y z. apply Qle_trans.
  - apply below_antisym.
  - apply below_total.
  - now apply affine_monotone.
Qed.

Theorem nonnegative_layer_has_no_parity a b h (decode : X -> bool) : 0 <= a ->
  ~ forall k, decode (iterate (affine a b) (S k) h) = Nat.even (S k).
Proof.
  intro P. apply (no_parity X below all); trivial.
  - intro x. apply Qle_refl.
  - intros x y z. apply Qle_trans.
  - apply below_antisym.
  - apply below_total.
  - now apply affine_monotone.
Qed.

Theorem nonpositive_layer_period_two a b h : a <= 0 ->
  exists n, (n <= 2 * length all)%nat /\
  forall m, (n <= m)%nat -> iterate (affine a b) (2 + m) h = iterate (affine a b) m h.
Proof.
  intro P. apply (antitone_eventually_period_two X below); trivial.
  - intro x. apply Qle_refl.
  - intros x y z. apply Qle_trans.
  - apply below_antisym.
  - apply below_total.
  - now apply affine_antitone.
Qed.

End Rounded.

Definition theorems := (@nonnegative_layer_freezes, @nonnegative_layer_has_no_parity, @nonpositive_layer_period_two).
Print Assumptions theorems.
